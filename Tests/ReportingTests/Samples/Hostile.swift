/// A name for every kind of harm a dataset's author can do to a page.
enum Hostile {
    static let names = [
        "<script>alert(1)</script>", "\"><img src=x onerror=alert(1)>", "a & b 'c' \"d\"", "]]><!-- -->",
        "\u{0}\u{1}\u{1B}[31m\r\n\t",
        String(repeating: "very-long-", count: 100), "\u{202E}gpj.exe",
        "| *bold* _under_ `code` # [link](http://x.example)",
        "日本語 العربية 🙂‍↔️", "", "</style></title><base href='//x.example'>", "\u{FFFE}\u{FFFF}\u{85}\u{2028}",
    ]
}
