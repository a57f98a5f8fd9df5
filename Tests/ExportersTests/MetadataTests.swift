import Exporters
import Foundation
import Testing

@Suite struct MetadataTests {
    @Test func preprocessingIsAPlainDocument() throws {
        let preprocessing = Preprocessing(
            width: 48, height: 32, channels: 1, fit: .pad, background: "#FFFFFF", mean: [0.5], std: [0.25])
        #expect(
            String(decoding: try preprocessing.encoded(), as: UTF8.self) == """
                {
                  "background" : "#FFFFFF",
                  "channelOrder" : "GRAY",
                  "channels" : 1,
                  "fit" : "pad",
                  "height" : 32,
                  "layout" : "NCHW",
                  "mean" : [
                    0.5
                  ],
                  "scale" : 0.00392156862745098,
                  "std" : [
                    0.25
                  ],
                  "width" : 48
                }

                """)
        #expect(try JSONDecoder().decode(Preprocessing.self, from: preprocessing.encoded()) == preprocessing)
    }

    @Test func labelsAreALineEach() {
        let preprocessing = Preprocessing(
            width: 8, height: 8, channels: 1, fit: .crop, background: "#000000", mean: [0], std: [1])
        let metadata = ModelMetadata(
            name: "x", classes: ["cat", "two words", "line\nbreak", "new\r\nline", "Ähre"], preprocessing: preprocessing
        )
        let lines = metadata.labelsFile.split(separator: "\n", omittingEmptySubsequences: false)
        #expect(lines == ["cat", "two words", "line break", "new  line", "Ähre", ""])
    }
}
