import Compression
import Foundation
import Networks

/// Writes a student as one C99 file: no heap, no library, not even the mathematical one.
///
/// `NAME_predict` takes pixels as they are, H,W,C of 0...255, and gives logits of 8 bits, larger for likelier classes, to
/// the bit what `IntegerNetwork` does. Its twin in single precision, `NAME_predict_f`, gives real logits as near to
/// `InferenceNetwork` as another order of additions leaves them; its weights, four times as large, come only where
/// `NAME_WITH_FLOAT` is defined. In the manner of single-file libraries, the functions' bodies come where
/// `NAME_IMPLEMENTATION` is defined.
public struct CExporter {
    /// The file, the same for the same arguments.
    public let text: String
    /// The beginning of all identifiers.
    public let name: String
    /// Of activations, all that it writes to besides the stack.
    public let arenaBytes: Int
    /// Of weights, biases, multipliers and tables, without code and class names.
    public let constantBytes: Int

    /// - Parameter twin: the student in single precision.
    /// - Throws: `ExportError`, or that the preprocessing cannot be written as JSON.
    public init(
        _ network: QuantizedNetwork, twin: DeviceGraph, metadata: ModelMetadata, producerVersion: String
    ) throws {
        try ExportError.check(metadata, input: network.input.shape, classes: network.classes)
        let single = CFloatTwin(twin, preprocessing: metadata.preprocessing)
        precondition(
            twin.values[0].shape == network.input.shape && single.classes == network.classes,
            "the twin is another network")
        name = CNames.identifier(metadata.name)
        let arena = ArenaPlan(network)
        arenaBytes = arena.count
        var writer = CWriter(network, arena: arena, preprocessing: metadata.preprocessing)
        for step in network.steps { writer.append(step) }
        constantBytes = writer.constantBytes
        let (name, arenaBytes, constantBytes) = (name, arenaBytes, constantBytes)
        let shape = network.input.shape
        let output = network.output
        let logits = arena.offsets[network.steps[network.steps.count - 1].output]
        let labels = metadata.classes.map { "    \(CNames.literal($0))," }.joined(separator: "\n")
        let order = metadata.preprocessing.channelOrder == .rgb ? "red, green, blue" : "grey"
        // In lower case, node names hold none of the words that are replaced below.
        let template = """
            /* \u{1}: names what is in an image, in 8-bit integers. Made by distilld \u{2}.

               In one of your files, before this one is included:

                   #define NAME_IMPLEMENTATION

               Then NAME_predict(pixels, logits) takes NAME_HEIGHT rows of NAME_WIDTH pixels of NAME_CHANNELS bytes
               (\(order)), as they are: normalisation is part of it. The largest logit tells the class.
               It needs NAME_ARENA_BYTES bytes of memory, which two calls at a time must not share, and
               NAME_CONSTANT_BYTES bytes of constants besides its code.

               Where NAME_WITH_FLOAT is defined too, there is a twin in single precision, NAME_predict_f(pixels, logits), with
               constants and memory of its own.

               Images are to be resized as for training: \u{3}.

               preprocess.json: \u{5} */
            #ifndef UPPER_H
            #define UPPER_H

            #include <stdint.h>

            #define NAME_WIDTH \(shape.width)
            #define NAME_HEIGHT \(shape.height)
            #define NAME_CHANNELS \(shape.channels)
            #define NAME_CLASSES \(network.classes)
            #define NAME_ARENA_BYTES \(arenaBytes)
            #define NAME_CONSTANT_BYTES \(constantBytes)

            #ifdef __cplusplus
            extern "C" {
            #endif

            /* The classes' names in the order of the logits, UTF-8. */
            extern const char *const NAME_labels[NAME_CLASSES];

            void NAME_predict(const uint8_t *pixels, int8_t *logits);

            /* A logit of NAME_predict as a real number, for softmax. */
            #define NAME_REAL(logit) ((float)((logit) + \(128 - Int(output.zero))) * \(CWriter.float(output.scale)))

            \(single.declarations)
            #ifdef __cplusplus
            }
            #endif

            #endif /* UPPER_H */

            #ifdef NAME_IMPLEMENTATION
            #ifndef NAME_IMPLEMENTED
            #define NAME_IMPLEMENTED

            const char *const NAME_labels[NAME_CLASSES] = {
            \u{4}
            };

            static uint8_t NAME_arena[NAME_ARENA_BYTES];

            \(writer.functions)
            \(writer.constants)
            void NAME_predict(const uint8_t *pixels, int8_t *logits) {
                uint8_t *const m = NAME_arena;
                for (int i = 0; i < NAME_WIDTH * NAME_HEIGHT; i++)
                    for (int c = 0; c < NAME_CHANNELS; c++)
                        m[\(arena.offsets[0]) + i * NAME_CHANNELS + c] = NAME_pixels[c][pixels[i * NAME_CHANNELS + c]];
            \(writer.calls)    for (int i = 0; i < NAME_CLASSES; i++) logits[i] = (int8_t)(m[\(logits) + i] - 128);
            }

            \(single.implementation)
            #endif /* NAME_IMPLEMENTED */
            #endif /* NAME_IMPLEMENTATION */

            """
        // What users wrote comes last, so that nothing in it is replaced.
        text = template.replacing("UPPER", with: name.uppercased()).replacing("NAME", with: name)
            .replacing("\u{1}", with: CNames.comment(metadata.name))
            .replacing("\u{2}", with: CNames.comment(producerVersion))
            .replacing("\u{3}", with: CNames.comment(metadata.preprocessing.resizing))
            .replacing("\u{4}", with: labels)
            .replacing("\u{5}", with: CNames.comment(try metadata.preprocessing.line()))
    }
}
