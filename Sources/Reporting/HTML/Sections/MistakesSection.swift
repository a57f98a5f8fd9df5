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
            what the label says, correct the label; where it does, images like it are what training lacks.\
            \(report.mistakes.contains { $0.studentView != nil || $0.teacherView != nil } ? Self.viewsNote : "")</p>
            <ul class="mistakes">\(items)</ul>
            """
        return Section(id: "mistakes", title: "The worst mistakes", content: content)
    }

    private static let viewsNote: Markup = """
         Below, in warm colours, what each network looked at for its answer (Grad-CAM): a student that looks at the \
        background, where its teacher looks at the thing, needs images with other backgrounds.
        """

    /// - Parameter pictureBytes: characters of all pictures together.
    static func items(_ mistakes: [Mistake], pictureBytes: Int, _ names: ClassNames) -> [Markup] {
        var room = pictureBytes
        func affordable(_ uri: String?) -> String? {
            guard let uri = uri.flatMap(safe), uri.utf8.count <= room else { return nil }
            room -= uri.utf8.count
            return uri
        }
        // Pictures of all come before views of any.
        let pictures = mistakes.map { affordable($0.image) }
        return zip(mistakes, pictures).map { mistake, picture in
            let (student, teacher) = (affordable(mistake.studentView), affordable(mistake.teacherView))
            return item(mistake, picture: picture, views(mistake, student: student, teacher: teacher, names), names)
        }
    }

    /// What teacher and student looked at, side by side.
    private static func views(
        _ mistake: Mistake, student: String?, teacher: String?, _ names: ClassNames
    ) -> Markup {
        func view(_ uri: String?, _ who: String, _ answer: Int?) -> Markup {
            guard let uri else { return "" }
            let said = answer.map { " for \(names.short($0))" } ?? ""
            return "<span><img src=\"\(uri)\" alt=\"Where the \(who) looked\(said)\" loading=\"lazy\" />\(who)</span>"
        }
        guard student != nil || teacher != nil else { return "" }
        return """
            <span class="views">\(view(teacher, "teacher", mistake.teacherPredicted))\
            \(view(student, "student", mistake.predicted))</span>
            """
    }

    private static func item(_ mistake: Mistake, picture: String?, _ views: Markup, _ names: ClassNames) -> Markup {
        let image: Markup =
            picture.map { element(mistake, picture: $0, names) } ?? "<div class=\"missing\">no picture</div>"
        return """
            <li><figure>\(image)\(views)<figcaption>\
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

    /// - Parameter picture: what `safe` let through.
    static func element(_ mistake: Mistake, picture: String, _ names: ClassNames) -> Markup {
        let alternative = "Labelled \(names.short(mistake.label)), taken for \(names.short(mistake.predicted))"
        return "<img src=\"\(picture)\" alt=\"\(alternative)\" loading=\"lazy\" />"
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
