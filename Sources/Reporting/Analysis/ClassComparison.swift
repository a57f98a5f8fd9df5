/// One class: how the student does on it, and what it lost or gained against the teacher.
package struct ClassComparison: Equatable {
    package let index: Int
    /// Images in the training split.
    package let trainCount: Int
    /// Images in the test split.
    package let testCount: Int
    package let studentRight, teacherRight: Int
    package let studentRecall, teacherRecall: Double?
    package let precision: Double?
    /// Student's recall less teacher's; `nil`: no test images.
    package let change: Double?
    /// Whether `change` is more than chance explains, all classes of the report considered together.
    package let changeIsSure: Bool
    /// Whether the student's recall is below its accuracy over all classes by more than chance explains.
    package let isSurelyWeak: Bool
    /// The same of the teacher.
    package let isSurelyWeakForTeacher: Bool
    /// What the student most often takes the class for, and for how many images.
    package let takenFor: (index: Int, count: Int)?

    package static func == (a: Self, b: Self) -> Bool {
        a.index == b.index && a.studentRight == b.studentRight && a.teacherRight == b.teacherRight
            && a.testCount == b.testCount && a.trainCount == b.trainCount
    }

    /// All classes, those that lost most first; those without test images last.
    package static func sorted(_ report: JobReport) -> [ClassComparison] {
        let classes = report.data.classes.count
        let train = report.data.splits.first { $0.name == .train }?.perClass ?? []
        let tested = report.models.student.perClass.count { $0.count > 0 }
        let z = Normal.z95(questions: tested)
        let (student, teacher) = (report.models.student, report.models.teacher)
        let rows = (0..<min(classes, student.confusion.count, teacher.confusion.count)).map { index in
            ClassComparison(
                index: index, trainCount: index < train.count ? train[index] : 0, student: student, teacher: teacher,
                z: z)
        }
        return rows.sorted { a, b in
            let (x, y) = (a.change ?? .infinity, b.change ?? .infinity)
            if x != y { return x < y }
            return (a.studentRecall ?? 2, a.index) < (b.studentRecall ?? 2, b.index)
        }
    }

    private init(index: Int, trainCount: Int, student: ModelResult, teacher: ModelResult, z: Double) {
        self.index = index
        self.trainCount = trainCount
        let row = student.confusion[index]
        let count = row.reduce(0, +)
        testCount = count
        studentRight = row[index]
        teacherRight = min(teacher.confusion[index][index], count)
        studentRecall = student.perClass[index].recall
        teacherRecall = teacher.perClass[index].recall
        precision = student.perClass[index].precision
        change = count == 0 ? nil : Double(studentRight - teacherRight) / Double(count)
        let interval = Interval.newcombe(first: (studentRight, count), second: (teacherRight, count), z: z)
        changeIsSure = count > 0 && !interval.contains(0)
        isSurelyWeak = Interval.wilson(right: studentRight, of: count, z: z).upper < student.testAccuracy
        isSurelyWeakForTeacher = Interval.wilson(right: teacherRight, of: count, z: z).upper < teacher.testAccuracy
        let wrong = row.indices.filter { $0 != index && row[$0] > 0 }
        takenFor = wrong.max { (row[$0], $1) < (row[$1], $0) }.map { ($0, row[$0]) }
    }
}
