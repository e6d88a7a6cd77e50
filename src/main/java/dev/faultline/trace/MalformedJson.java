package dev.faultline.trace;

import tools.jackson.core.JacksonException;
import tools.jackson.core.exc.StreamConstraintsException;

import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Says in plain words what makes a text no JSON. The parser says it in the words of its own source
 * code, and tells kinds of mistakes apart by these words alone.
 */
public final class MalformedJson {

    private static final String NUMBER =
            "a number has no plus sign, no leading zero, and digits on both sides of its point";

    private static final String CONTROL =
            "a control character in a text must be written as an escape, a new line as \\n";

    /** What the parser's message looks like, and what is said instead. */
    private record Rule(Pattern message, String words) {
        static Rule of(String message, String words) {
            return new Rule(Pattern.compile(message), words);
        }
    }

    /** The first that fits decides. */
    private static final List<Rule> RULES =
            List.of(
                    Rule.of("end-of-input", "it ends before all that it opened is closed"),
                    Rule.of(
                            "nesting depth .*? the maximum allowed \\((\\d+)",
                            "it is nested more than %s deep"),
                    Rule.of(
                            "length .*? the maximum allowed \\((\\d+)",
                            "a name, a text or a number in it has more than %s characters"),
                    Rule.of("hex-digit", "\\u needs four hexadecimal digits"),
                    Rule.of(
                            "Duplicate Object property \"(.*)\"",
                            "the property \"%s\" stands twice"),
                    Rule.of(
                            "Unrecognized token '(.*)': was",
                            "'%s' is no value; a text stands in double quotes"),
                    Rule.of("Non-standard token '(.*?)'", "'%s' is no number"),
                    Rule.of(
                            "character \\('''",
                            "a text stands in double quotes, not in single ones"),
                    Rule.of("comment", "there are no comments in JSON"),
                    Rule.of("numeric value|plus sign|[Ll]eading zero|[Dd]igit", NUMBER),
                    Rule.of("indicator not followed", NUMBER),
                    Rule.of(
                            "character \\('(.)'.*to start property name",
                            "'%s' stands where a name in double quotes must begin"),
                    Rule.of(
                            "character \\('(.)'.*colon to separate",
                            "'%s' stands where a colon must follow the name"),
                    Rule.of(
                            "character \\('(.)'.*separate Array",
                            "'%s' stands where a comma or ] must follow"),
                    Rule.of(
                            "character \\('(.)'.*separate Object",
                            "'%s' stands where a comma or } must follow"),
                    Rule.of(
                            "character \\('(.)'.*expected a (?:valid )?value",
                            "'%s' stands where a value must begin"),
                    Rule.of("close marker '(.)'", "'%s' closes what is not open"),
                    Rule.of(
                            "character escape",
                            "a backslash in a text stands before one of \" \\ / b f n r t u"),
                    Rule.of("unquoted character", CONTROL),
                    Rule.of("UTF-8|UTF-32|surrogate", "it is not written in UTF-8"),
                    Rule.of("character \\('(.)'", "'%s' is out of place"),
                    Rule.of("CTRL-CHAR", "a control character is out of place"));

    private MalformedJson() {}

    /** What is wrong, without the place. */
    public static String words(JacksonException met) {
        String message = String.valueOf(met.getOriginalMessage()).replace('\n', ' ');
        for (Rule rule : RULES) {
            Matcher seen = rule.message.matcher(message);
            if (seen.find()) {
                return rule.words.formatted((Object[]) groups(seen));
            }
        }
        return met instanceof StreamConstraintsException ? "it is too long" : "it is no JSON";
    }

    private static String[] groups(MatchResult seen) {
        return seen.groupCount() == 0 ? new String[0] : new String[] {Excerpt.plain(seen.group(1))};
    }
}
