import Manifests
import Testing

/// Students that teach each other, assistants, auditions, and teachers of the student's kind.
@Suite struct TeachingKeyTests {
    @Test func aTeacherOfTheStudentsKind() throws {
        let spec = try parse("dataset: a\nteacher: student\nstudent: { model: vgg8, width: 0.5, epochs: 7 }").spec
        #expect(spec.teacher == spec.student && spec.teacher.model == "vgg8")
        let longer = try parse(
            "dataset: a\nteacher: { model: student, epochs: 9 }\nstudent: { model: vgg8, epochs: 7 }")
        #expect(longer.spec.teacher == NetworkSpec(model: "vgg8", epochs: 9))
    }

    @Test func assistantsAreAList() throws {
        #expect(try parse("dataset: a").spec.assistants == nil)
        let spec = try parse("dataset: a\nassistants: [auto, vgg8, { model: resnet8, width: 2, epochs: 5 }]").spec
        #expect(
            spec.assistants == [
                AssistantSpec(model: nil), AssistantSpec(model: "vgg8"),
                AssistantSpec(model: "resnet8", width: 2, epochs: 5),
            ])
    }

    @Test func peersHaveNoTeacher() throws {
        let spec = try parse("dataset: a\nstudent: vgg8\ndistillation: { peers: 2 }").spec
        #expect(spec.distillation.peers == 2 && spec.teacher == spec.student)
    }

    @Test(arguments: [
        ("distillation: { peers: 1 }", "2:24 distillation.peers"),
        ("teacher: vgg8\ndistillation: { peers: 2 }", "3:24 distillation.peers"),
        ("distillation: { peers: 2 }\nteachers: [vgg8, vgg13]", "3:11 teachers"),
        ("distillation: { peers: 2 }\nassistants: [vgg8]", "3:13 assistants"),
        ("distillation: { peers: 2, features: [at] }", "2:37 distillation.features"),
        ("distillation: { audition: 2 }", "2:27 distillation.audition"),
        (
            "teachers: [vgg8, vgg13]\nsplit: { evaluation: 0 }\ndistillation: { audition: 2 }",
            "4:27 distillation.audition"
        ),
        (
            "assistants: [auto]\ndistillation: { features: [{ method: at, student: a, teacher: b }] }",
            "3:27 distillation.features"
        ),
        ("assistants: [{ width: 2 }]", "2:14 assistants[1].model"),
    ])
    func refused(lines: String, place: String) {
        #expect(places("dataset: a\n\(lines)\n") == [place])
    }
}
