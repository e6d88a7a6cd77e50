package dev.faultline.oracle;

/**
 * A run of anonymous private pages with one protection.
 *
 * @param startPage the first page number
 * @param pages how many pages, at least 1
 * @param protection the letters of what is allowed, out of {@code r}, {@code w} and {@code x}; any
 *     other letter, such as {@code -}, allows nothing
 */
public record Area(long startPage, long pages, String protection) {

    /** Checks the range. */
    public Area {
        if (startPage < 0 || pages < 1) {
            throw new IllegalArgumentException("an area needs pages from 0 upwards");
        }
    }

    /** Says whether the page lies in this area. */
    public boolean contains(long page) {
        return page >= startPage && page - startPage < pages;
    }

    /** Says whether the area allows the operation {@code r}, {@code w} or {@code x}. */
    public boolean allows(char operation) {
        return protection.indexOf(operation) >= 0;
    }
}
