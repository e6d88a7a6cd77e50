/**
 * The served OpenAPI document, played against the server by several owners at once. Begin with
 * {@link dev.faultline.contract.ContractTest}; {@link dev.faultline.contract.Play} draws what is
 * asked, {@link dev.faultline.contract.Step} says what must be answered, and {@link
 * dev.faultline.contract.World} remembers whose is what.
 */
@NullMarked
package dev.faultline.contract;

import org.jspecify.annotations.NullMarked;
