import Manifests
import Testing

/// The parts of YAML that are refused, and what is said of files that are no YAML.
@Suite struct YAMLTests {
    private static let writtenOut =
        "values written out where they are needed, without anchors and aliases"

    @Test(arguments: [
        ("dataset: &x a", "1:10: dataset: found the anchor &x; allowed: \(writtenOut)."),
        ("dataset: *x", "1:10: dataset: found the alias *x; allowed: \(writtenOut)."),
        ("dataset: a\n<<: {seed: 1}", "2:1: found the merge key <<; allowed: \(writtenOut)."),
        ("dataset: a\n&x seed: 1", "2:1: ?: found the anchor &x; allowed: \(writtenOut)."),
        ("dataset: a\n*x : 1", "2:1: ?: found the alias *x; allowed: \(writtenOut)."),
        (
            "dataset: !!python/object:os.system ls",
            "1:10: dataset: found the tag !!python/object:os.system; allowed: the value without a tag."
        ),
        ("dataset: a\nseed: !!int 1", "2:7: seed: found the tag !!int; allowed: the value without a tag."),
        ("dataset: ! a", "1:10: dataset: found the tag !; allowed: the value without a tag."),
        ("dataset: a\ninput: !x {}", "2:8: input: found the tag !x; allowed: the value without a tag."),
        (
            "dataset: a\n---\nseed: 1",
            "2:1: found a second document (---); allowed: one document; put the other in a file of its own."
        ),
        ("dataset: a\n? [seed]\n: 1", "2:3: found a list as a key; allowed: a word before the colon."),
        (
            "dataset: a\ninput: { width: 8, height: 8, width: 9 }",
            "2:31: input.width: found a second \"width\" (the first is on line 2, column 10); allowed: each key once."
        ),
    ])
    func refused(text: String, message: String) {
        #expect(messages(text) == ["cifar.job.yaml:" + message])
    }

    /// Nothing inside quotes, comments or longer words is taken for an anchor, an alias or a tag.
    @Test(arguments: [
        "dataset: \"R &D *x !y\"", "dataset: 'a &b' # &c *d", "dataset: a&b*c!d", "dataset: it's *x",
        "dataset: |-\n  &a *b",
    ])
    func signsInText(text: String) throws {
        _ = try parse(text)
    }

    @Test(arguments: [
        ("dataset: a\ntraining:\n\tbatch: 3", 3, 1, "a tab in the indentation", "spaces only (two a level)"),
        ("dataset: a\ntraining:\n  \tbatch: 3", 3, 3, "a tab in the indentation", "spaces only (two a level)"),
        ("dataset:a\nseed: 1", 1, 1, "no space after the colon", "a colon and a space between key and value"),
        ("dataset: a\nseed:1\nname: b", 2, 1, "no space after the colon", "a colon and a space between key and value"),
        ("dataset a\nseed: 1", 1, 1, "a line without \"key: \"", "a colon and a space between key and value"),
        ("dataset: a\nseed", 2, 1, "a line without \"key: \"", "a colon and a space between key and value"),
        ("dataset: \"a\nseed: 1", 1, 10, "a quote that is never closed", "the same quote at both ends"),
        ("dataset: 'a\n\nseed: 1", 1, 10, "a quote that is never closed", "the same quote at both ends"),
        (
            "dataset: 'it's'", 1, 14, "\"s\" after the end of a value",
            "one \"key: value\" a line, and quotes around the whole of a text"
        ),
        (
            "dataset: \"C:\\data\"", 1, 13, "a backslash that begins no escape",
            "single quotes around text with backslashes, or \\\\ in double quotes"
        ),
        (
            "dataset: a: b", 1, 11, "a second colon in a value",
            "one \"key: value\" a line, and quotes around a value that contains \": \""
        ),
        (
            "dataset: a\n  seed: 1", 2, 3, "a line indented deeper than line 1, which has a value already",
            "the same indentation for keys of one level"
        ),
        (
            "dataset: a\ninput:\n  width: 8\n height: 8", 4, 2, "a line whose indentation fits no line above it",
            "the same indentation for keys of one level"
        ),
        (
            "dataset: a\ninput: { width: 8, height: 8\nseed: 1", 2, 8,
            "a \"{\" that is not closed, or a comma missing after it",
            "commas between the values and a \"}\" at the end"
        ),
        (
            "dataset: a\ninput: { width: 8 height: 8 }", 2, 25,
            "\":\" where a comma is missing in the \"{\" of line 2, column 8",
            "commas between the values and a \"}\" at the end"
        ),
        ("dataset: @a", 1, 10, "\"@\" at the start of a value", "quotes around text that begins with this sign"),
        ("dataset: *", 1, 10, "\"*\" at the start of a value", "quotes around text that begins with this sign"),
        (
            "dataset: ]", 1, 10, "\"]\" where a value should begin", "a value, in quotes if it begins with this sign"
        ),
        ("dataset: >a", 1, 10, "\">\" at the start of a value", "quotes around text that begins with this sign"),
        ("dataset: ? a", 1, 10, "\"?\" at the start of a value", "quotes around text that begins with this sign"),
        ("student: { model:[a] }", 1, 17, "a colon inside a value", "quotes around a value that contains a colon"),
        ("dataset: !e!x a", 1, 10, "a tag (!)", "the value without a tag, or text in quotes"),
    ])
    func syntax(text: String, line: Int, column: Int, found: String, allowed: String) {
        let problem = problems(Array(text.utf8))
        #expect(problem.count == 1)
        #expect(problem.first?.line == line && problem.first?.column == column, "\(problem)")
        #expect(problem.first?.found == found)
        #expect(problem.first?.allowed == allowed)
    }

    @Test func missingSpaceIsShownCorrected() {
        #expect(problems(Array("dataset: a\nseed:1\nname: b".utf8)).first?.suggestion == "seed: 1")
        #expect(problems(Array("dataset:a".utf8)).first?.suggestion == "dataset: a")
    }

    /// What was found before the place where YAML ends is not lost.
    @Test func problemsBeforeASyntaxError() {
        #expect(places("seed: 1\nseed: &a 2\ndataset: \"a\n") == ["2:1 seed", "2:7 seed", "3:10 "])
    }

    @Test(
        arguments: [
            ([0xFF, 0xFE, 0x61, 0x00], 0, 0, "text in UTF-16 (by its byte order mark)"),
            ([0xFE, 0xFF, 0x00, 0x61], 0, 0, "text in UTF-16 (by its byte order mark)"),
            ([0x00, 0x00, 0xFE, 0xFF, 0x00], 0, 0, "text in UTF-32 (by its byte order mark)"),
            ([0x61, 0x0A, 0xC3, 0xA4, 0xE4, 0x62], 2, 2, "the byte 0xE4, which is not UTF-8 (offset 4)"),
            ([0x61, 0x0A, 0x62, 0xC3], 2, 2, "the byte 0xC3, which is not UTF-8 (offset 3)"),
            ([0xC0, 0x80], 1, 1, "the byte 0xC0, which is not UTF-8 (offset 0)"),
            ([0xED, 0xA0, 0x80], 1, 1, "the byte 0xED, which is not UTF-8 (offset 0)"),
            ([0x61, 0x0D, 0x0A, 0x00, 0x61], 2, 1, "a NUL byte (offset 3)"),
            ([0x61, 0x07], 1, 2, "the control character U+0007"),
            ([0x61, 0xC2, 0x9B], 1, 2, "the control character U+009B"),
            ([0x61, 0xEF, 0xBB, 0xBF], 1, 2, "the control character U+FEFF"),
        ] as [([UInt8], Int, Int, String)])
    func encodings(bytes: [UInt8], line: Int, column: Int, found: String) {
        let problem = problems(bytes)
        #expect(problem.count == 1)
        #expect(problem.first?.found == found)
        #expect(problem.first?.line == line && problem.first?.column == column, "\(problem)")
    }

    @Test func columnsCountCharacters() {
        #expect(places("dataset: \"ä日😀\"\ninput: { fit: \"ü\", widht: 3 }") == ["2:15 input.fit", "2:20 input.widht"])
    }
}
