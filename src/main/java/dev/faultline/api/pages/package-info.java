/**
 * Pages for people: the one at {@code /}, the documents, and an explanation for each type of
 * problem. Read {@code StartController} first. Every page is Markdown that {@code PageMaker} makes
 * HTML of, without a script; programs get JSON where there is something to tell. It knows no
 * feature and no machine.
 */
@NullMarked
package dev.faultline.api.pages;

import org.jspecify.annotations.NullMarked;
