/**
 * The connections of clients, below HTTP: how many may be open, and how long the server waits for a
 * client. Read {@link dev.faultline.api.connections.ConnectionSettings} first, then {@link
 * dev.faultline.api.connections.ClientConnection}, which counts the waits, then {@link
 * dev.faultline.api.connections.BoundedEndpoint}, which closes connections when there are too many.
 *
 * <p>Tomcat is extended in three places (channel, endpoint, processor) and otherwise used as it is.
 * Nothing here knows about machines or Spring's controllers.
 */
@NullMarked
package dev.faultline.api.connections;

import org.jspecify.annotations.NullMarked;
