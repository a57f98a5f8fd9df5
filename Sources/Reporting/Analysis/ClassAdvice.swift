/// Which classes to do something about.
enum ClassAdvice {
    /// Below this many test images a class's recall is uncertain by 20 points or more.
    static let fewTestImages = 20

    static func make(_ report: JobReport, _ classes: [ClassComparison]) -> [Advice] {
        let names = ClassNames(report)
        guard classes.count > 1, report.verdict.outcome != .noBetterThanGuessing else { return [] }
        return [
            hardForBoth(classes, names, report), hardForStudent(classes, names, report),
            confused(report, names), fewTests(classes, names),
        ].compactMap(\.self)
    }

    /// Weak for teacher and student alike: the images, not the network's size.
    private static func hardForBoth(
        _ classes: [ClassComparison], _ names: ClassNames, _ report: JobReport
    ) -> Advice? {
        let weak = weakest(classes.filter { $0.isSurelyWeak && $0.isSurelyWeakForTeacher && !$0.changeIsSure })
        guard let first = weak.first, let recall = first.studentRecall, let teacher = first.teacherRecall else {
            return nil
        }
        return Advice(
            title: "Collect more images of \(names.list(weak.map(\.index)))",
            reason:
                "The teacher is weak here as well, so a larger student will hardly help; more training images, more "
                + "varied ones, or cleaner labels may. Of '\(names.short(first.index))' "
                + "(\(Figures.count(first.trainCount, "training image"))) the student recognises "
                + "\(Figures.percent(recall, 0)) and the teacher \(Figures.percent(teacher, 0)); over all classes the "
                + "student has \(Figures.percent(report.models.student.testAccuracy, 0)). Chance does not explain that."
        )
    }

    /// The teacher can and the student cannot: the network's size, or its training.
    private static func hardForStudent(
        _ classes: [ClassComparison], _ names: ClassNames, _ report: JobReport
    ) -> Advice? {
        let lost = classes.filter { ($0.change ?? 0) < 0 && $0.changeIsSure }
        guard let first = lost.first, let recall = first.studentRecall, let teacher = first.teacherRecall else {
            return nil
        }
        return Advice(
            title: "If \(names.list(lost.map(\.index))) matter\(lost.count == 1 ? "s" : ""), try a larger student",
            reason: "The teacher recognises \(Figures.percent(teacher, 0)) of '\(names.short(first.index))' and the "
                + "student \(Figures.percent(recall, 0)); the difference is more than chance explains. The images "
                + "hold what is needed, so raise student.width or student.epochs before collecting more.")
    }

    /// One pair that makes a large part of all mistakes.
    private static func confused(_ report: JobReport, _ names: ClassNames) -> Advice? {
        let student = report.models.student
        let wrong = student.testCount - Int((student.testAccuracy * Double(student.testCount)).rounded())
        guard student.confusion.count > 2, wrong >= 20 else { return nil }
        let pairs = ConfusedPair.worst(student.confusion, limit: .max).filter {
            $0.label < $0.predicted || $0.reverse == 0
        }
        guard let pair = pairs.max(by: { $0.count + $0.reverse < $1.count + $1.reverse }) else { return nil }
        let both = pair.count + pair.reverse
        let couples = student.confusion.count * (student.confusion.count - 1) / 2
        let z = Normal.z95(questions: couples)
        let share = Interval.wilson(right: both, of: wrong, z: z)
        // At least a fair part of the mistakes, and surely more than twice what an even spread would give.
        guard Double(both) >= 0.15 * Double(wrong), share.lower > 2 / Double(couples) else { return nil }
        return Advice(
            title: "Look at '\(names.short(pair.label))' and '\(names.short(pair.predicted))' together",
            reason: "\(Figures.whole(both)) of the student's \(Figures.count(wrong, "mistake")) take one for the "
                + "other (\(Figures.percent(Double(both) / Double(wrong), 0))). Check a few of their labels; if the "
                + "labels are right, images that show what tells the two apart help most, and if the difference does "
                + "not matter, make them one class.")
    }

    private static func fewTests(_ classes: [ClassComparison], _ names: ClassNames) -> Advice? {
        let few = classes.filter { $0.testCount < fewTestImages }.sorted {
            ($0.testCount, $0.index) < ($1.testCount, $1.index)
        }
        guard !few.isEmpty else { return nil }
        let title =
            few.count == classes.count
            ? "Test with more images of every class" : "Test with more images of \(names.list(few.map(\.index)))"
        return Advice(
            title: title,
            reason: "\(Figures.count(few.count, "class has", plural: "classes have")) fewer than \(fewTestImages) "
                + "test images, so the share that is recognised may be off by 20 points either way. Do not act on "
                + "\(few.count == 1 ? "its figure" : "their figures") alone.")
    }

    /// Most mistakes first: where new images would do most.
    private static func weakest(_ classes: [ClassComparison]) -> [ClassComparison] {
        classes.sorted {
            ($1.testCount - $1.studentRight, $0.index) < ($0.testCount - $0.studentRight, $1.index)
        }
    }
}
