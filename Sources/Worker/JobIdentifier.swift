import Foundation

/// Names of jobs: valid file names that sort by time within a name.
public enum JobIdentifier {
    /// `cifar-tiny-20261124-105312` (UTC), with `-2`, `-3` ... where that is taken.
    public static func make(name: String, at date: Date, isTaken: (String) -> Bool) -> String {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = .gmt
        let t = calendar.dateComponents([.year, .month, .day, .hour, .minute, .second], from: date)
        let stamp = String(
            format: "%04d%02d%02d-%02d%02d%02d", t.year ?? 0, t.month ?? 0, t.day ?? 0, t.hour ?? 0, t.minute ?? 0,
            t.second ?? 0)
        let base = "\(name)-\(stamp)"
        var candidate = base
        var number = 2
        while isTaken(candidate) {
            candidate = "\(base)-\(number)"
            number += 1
        }
        return candidate
    }
}
