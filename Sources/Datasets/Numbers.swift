extension Int {
    /// With a comma between thousands: 50,000.
    var grouped: String {
        var text = ""
        for (i, digit) in String(magnitude).reversed().enumerated() {
            if i > 0 && i % 3 == 0 { text.append(",") }
            text.append(digit)
        }
        return (self < 0 ? "-" : "") + String(text.reversed())
    }

    /// "1 image", "2 images"; `plural` where it is not made with an s.
    func of(_ one: String, _ plural: String? = nil) -> String {
        "\(grouped) \(self == 1 ? one : plural ?? one + "s")"
    }
}
