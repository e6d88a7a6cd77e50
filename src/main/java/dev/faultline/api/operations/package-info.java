/**
 * Operations: long work that continues after its request was answered. Read {@code
 * OperationController} first.
 */
@NullMarked
package dev.faultline.api.operations;

import org.jspecify.annotations.NullMarked;
