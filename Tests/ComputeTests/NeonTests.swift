import Foundation
import Testing

/// What builds and runs programs for 64-bit ARM.
private enum ARM {
    static let compiler = find("aarch64-linux-gnu-gcc")
    static let emulator = find("qemu-aarch64")
    static let isThere = compiler != nil && emulator != nil

    private static func find(_ name: String) -> String? {
        let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
        return folders.map { "\($0)/\(name)" }.first { FileManager.default.isExecutableFile(atPath: $0) }
    }
}

/// Kernels of another processor, built by a cross compiler and run by QEMU: against the plain loops, to the bit.
@Suite(.enabled(if: ARM.isThere, "needs aarch64-linux-gnu-gcc and qemu-aarch64"))
struct NeonTests {
    /// Products of shapes that are no multiple of anything, to sums and to bytes; then a pass of the other functions.
    private static let program = """
        #include <stdio.h>
        #include <stdlib.h>
        #include <string.h>
        #include "ck_s8.h"
        extern const ck_s8 ck_s8_neon, ck_s8_scalar;
        static uint32_t state = 1;
        static uint32_t next(void) { return (state = state * 1664525u + 1013904223u) >> 8; }
        enum { MOST = 1 << 16 };
        static uint8_t a[MOST], q[2][MOST];
        static int8_t b[MOST], packed[MOST];
        static int32_t rows[MOST], outputs[MOST], offsets[64], bias[MOST], c[2][MOST];
        static float scale[MOST];
        static int differs(const char *what, int m, int n, int k) {
            if (!memcmp(c[0], c[1], sizeof c[0]) && !memcmp(q[0], q[1], sizeof q[0])) return 0;
            printf("%s differs for %d x %d x %d\\n", what, m, n, k);
            return 1;
        }
        int main(void) {
            int wrong = 0, shown = 0;
            for (int i = 0; i < MOST; i++) {
                a[i] = (uint8_t)next();
                b[i] = (int8_t)(next() % 255 - 127);
                bias[i] = (int32_t)(next() % 20001) - 10000;
                scale[i] = (float)(next() % 1000 + 1) * 1e-6f;
            }
            for (int round = 0; round < 200; round++) {
                int m = 1 + next() % 40, n = 1 + next() % 70, segments = 1 + next() % 3, run = 4 * (1 + next() % 12);
                int depth = segments * run;
                for (int i = 0; i < m; i++) {
                    rows[i] = (int32_t)(next() % (MOST / 2));
                    outputs[i] = i * n;
                }
                for (int i = 0; i < segments; i++) offsets[i] = (int32_t)(next() % 1000);
                ck_s8_pack_b(packed, b, depth, n, n, 1);
                for (int quantizes = 0; quantizes < 2; quantizes++)
                    for (int t = 0; t < 2; t++) {
                        const ck_s8 *table = t ? &ck_s8_neon : &ck_s8_scalar;
                        ck_s8_gemm g = {.a = a, .rows = rows, .offsets = offsets, .segments = segments, .run = run,
                            .b = packed, .outputs = outputs, .m = m, .n = n, .c = c[t], .q = quantizes ? q[t] : NULL,
                            .scale = scale, .bias = bias, .zero = (int)(next() % 1 + round % 256)};
                        table->gemm(&g);
                    }
                wrong += differs("gemm", m, n, depth);
                for (int t = 0; t < 2; t++) {
                    const ck_s8 *table = t ? &ck_s8_neon : &ck_s8_scalar;
                    ck_s8_gemm g = {.a = a, .rows = rows, .offsets = offsets, .segments = segments, .b = b,
                        .outputs = outputs, .m = m, .n = n, .q = q[t], .scale = scale, .bias = bias, .zero = 7};
                    table->depthwise(&g);
                    ck_s8_add sum = {.a = a, .b = a + 1000, .aScale = 0.7f, .bScale = 0.4f, .shift = -9.3f,
                        .q = q[t] + 8192, .count = 3000};
                    table->add(&sum);
                }
                wrong += differs("depthwise or add", m, n, segments);
                shown += q[1][0] != q[1][1];
            }
            printf("%d wrong\\n", wrong);
            return wrong != 0 || shown == 0;
        }
        """

    @Test func givesTheBitsOfThePlainLoops() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("neon-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let source = folder.appendingPathComponent("check.c")
        try Data(Self.program.utf8).write(to: source)
        let kernels = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appendingPathComponent("Sources/CKernels")
        let program = folder.appendingPathComponent("check").path
        let files = ["s8_neon.c", "s8_scalar.c", "s8_dispatch.c"].map { kernels.appendingPathComponent($0).path }
        try Self.run(
            try #require(ARM.compiler),
            ["-O2", "-std=gnu11", "-march=armv8.2-a+dotprod", "-ffp-contract=off", "-static", "-I"]
                + [kernels.appendingPathComponent("include").path, source.path] + files + ["-o", program])
        try Self.run(try #require(ARM.emulator), [program])
    }

    private static func run(_ program: String, _ arguments: [String]) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = arguments
        try process.run()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0, "\(program)")
    }
}
