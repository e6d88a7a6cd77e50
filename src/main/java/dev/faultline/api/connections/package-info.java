/**
 * The connections of clients, below HTTP: how many may be open, and how long the server waits for a
 * client. Read {@link dev.faultline.api.connections.ConnectionSettings}, then {@link
 * dev.faultline.api.connections.ClientConnection}, which counts the waits, then {@link
 * dev.faultline.api.connections.BoundedEndpoint}, which closes connections when there are too many.
 *
 * <p>Tomcat is extended at three of its seams (channel, endpoint, processor) and otherwise used as
 * it is. Nothing here knows of machines or of Spring's controllers.
 */
@NullMarked
package dev.faultline.api.connections;

import org.jspecify.annotations.NullMarked;
