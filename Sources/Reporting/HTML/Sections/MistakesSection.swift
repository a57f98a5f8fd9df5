/// The student's surest wrong answers as pictures: wrong labels and hard images show here first.
enum MistakesSection {
    /// Characters of all pictures together; those beyond are named without a picture, to keep the page light.
    static let pictureBytes = 2_500_000

    static func make(_ report: JobReport) -> Section? {
        guard report.models.student.testCount > 0 else { return nil }
        guard !report.mistakes.isEmpty else {
            let wrong = report.models.student.testAccuracy < 1
            return wrong
                ? nil
                : Section(
                    id: "mistakes", title: "The worst mistakes",
                    content: "<p>There are none: the student is right about every test image.</p>")
        }
        let items = items(report.mistakes, pictureBytes: pictureBytes, ClassNames(report))
        let content: Markup = """
            <p class="note">The wrong answers the student was surest of, worst first. Where the picture does not show \
            what the label says, correct the label; where it does, images like it are what training lacks.</p>
            <ul class="mistakes">\(items)</ul>
            """
        return Section(id: "mistakes", title: "The worst mistakes", content: content)
    }

    /// - Parameter pictureBytes: characters of all pictures together.
    static func items(_ mistakes: [Mistake], pictureBytes: Int, _ names: ClassNames) -> [Markup] {
        var room = pictureBytes
        return mistakes.map { mistake in
            var picture = mistake.image.flatMap(safe)
            if let size = picture?.utf8.count, size > room { picture = nil }
            room -= picture?.utf8.count ?? 0
            return item(mistake, picture: picture, names)
        }
    }

    private static func item(_ mistake: Mistake, picture: String?, _ names: ClassNames) -> Markup {
        let alternative = "Labelled \(names.short(mistake.label)), taken for \(names.short(mistake.predicted))"
        let image: Markup =
            picture.map { "<img src=\"\($0)\" alt=\"\(alternative)\" loading=\"lazy\" />" }
            ?? "<div class=\"missing\">no picture</div>"
        return """
            <li><figure>\(image)<figcaption>\
            <span class="answer">\(Markup.name(names[mistake.predicted], limit: 32)), \
            \(Figures.percent(mistake.probability, 0)) sure</span>\
            <span class="label">label: \(Markup.name(names[mistake.label], limit: 32))</span>\
            <span class="said">\(teacher(mistake, names))</span>\
            <span class="path">\(Markup.name(mistake.path, limit: 90))</span></figcaption></figure></li>

            """
    }

    private static func teacher(_ mistake: Mistake, _ names: ClassNames) -> Markup {
        guard let said = mistake.teacherPredicted else { return "" }
        if said == mistake.label { return "teacher: right" }
        if said == mistake.predicted { return "teacher: the same" }
        return "teacher: \(Markup.name(names[said], limit: 32))"
    }

    /// The URI, if it is a picture's data and nothing else.
    static func safe(_ uri: String) -> String? {
        let bytes = uri.utf8
        guard let start = ["data:image/png;base64,", "data:image/jpeg;base64,"].first(where: { uri.hasPrefix($0) })
        else {
            return nil
        }
        let isBase64 = bytes.dropFirst(start.utf8.count).allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "+"), UInt8(ascii: "/"), UInt8(ascii: "="):
                true
            default: false
            }
        }
        return isBase64 ? uri : nil
    }
}
