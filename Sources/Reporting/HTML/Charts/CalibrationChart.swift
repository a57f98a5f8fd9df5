/// Confidence across, share of right answers up: on the diagonal a network is as good as it thinks.
enum CalibrationChart {
    private static let size = 300.0
    private static let margin = (left: 46.0, right: 14.0, top: 10.0, bottom: 40.0)
    /// Fewer answers than these make no point: chance would move it.
    static let leastCount = 10

    static func render(_ one: Insights.NetworkCalibration) -> Markup {
        let (left, right) = (margin.left, size - margin.right)
        let (top, bottom) = (margin.top, size - margin.bottom)
        func across(_ share: Double) -> Double { left + share * (right - left) }
        func down(_ share: Double) -> Double { bottom - share * (bottom - top) }
        var content: Markup = ""
        for share in [0, 0.25, 0.5, 0.75, 1] {
            content += Drawing.line(left, down(share), right, down(share), "grid")
            content += Drawing.text(left - 6, down(share) + 4, Figures.percent(share, 0), anchor: "end")
            content += Drawing.text(across(share), bottom + 17, Figures.percent(share, 0), anchor: "middle")
        }
        content += Drawing.text((left + right) / 2, size - 4, "how sure it was", anchor: "middle")
        content += Drawing.line(across(0), down(0), across(1), down(1), "axis")
        let groups = shown(one.calibration)
        let most = Double(groups.map(\.count).max() ?? 1)
        var own: Markup = ""
        for (before, after) in zip(groups, groups.dropFirst()) {
            own += Drawing.line(
                across(before.confidence), down(before.accuracy), across(after.confidence), down(after.accuracy), "line"
            )
        }
        for group in groups {
            // Its area says how many answers it stands for.
            let radius = 3 + 6 * (Double(group.count) / most).squareRoot()
            own += Drawing.dot(across(group.confidence), down(group.accuracy), radius: radius)
        }
        content += "<g class=\"\(one.role.rawValue)\">\(own)</g>"
        let words = groups.map {
            "\(Figures.percent($0.confidence, 0)) sure: \(Figures.percent($0.accuracy, 0)) of "
                + "\(Figures.count($0.count, "answer")) right."
        }
        return Drawing.svg(
            id: "cal-\(one.role.rawValue)", width: size, height: size,
            title: "\(one.role.title): confidence and accuracy",
            description: words.joined(separator: " "), content)
    }

    static func shown(_ calibration: ReliabilityDiagram) -> [ReliabilityDiagram.Group] {
        calibration.groups.filter { $0.count >= leastCount }
    }
}
