/** What the tests of several rooms share. */
@NullMarked
package dev.faultline.testing;

import org.jspecify.annotations.NullMarked;
