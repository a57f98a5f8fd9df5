/// A colour in 8-bit sRGB.
public struct RGBColor: Sendable, Equatable, Hashable {
    public var red: UInt8
    public var green: UInt8
    public var blue: UInt8

    public static let black = RGBColor(red: 0, green: 0, blue: 0)

    public init(red: UInt8, green: UInt8, blue: UInt8) {
        self.red = red
        self.green = green
        self.blue = blue
    }

    /// From `#RRGGBB`, as a manifest writes it; `nil` for anything else.
    public init?(hex: String) {
        let text = Array(hex.utf8)
        guard text.count == 7, text[0] == UInt8(ascii: "#") else { return nil }
        var value = 0
        for character in text.dropFirst() {
            guard let digit = Character(UnicodeScalar(character)).hexDigitValue else { return nil }
            value = value << 4 | digit
        }
        self.init(red: UInt8(value >> 16), green: UInt8(value >> 8 & 255), blue: UInt8(value & 255))
    }

    /// ITU-R BT.601 luma, rounded, as gray images are made from colour.
    public var luma: UInt8 {
        let sum: UInt32 = 19595 * UInt32(red) + 38470 * UInt32(green) + 7471 * UInt32(blue)
        return UInt8((sum + 32768) >> 16)
    }
}
