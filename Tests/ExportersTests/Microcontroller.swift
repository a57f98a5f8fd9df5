import Exporters
import Foundation

/// A Cortex-M4 as QEMU has one: the MPS2 board with the FPGA image AN386, flash at 0, memory at 0x20000000.
enum Microcontroller {
    static let emulator = Compiler.find("qemu-system-arm")
    static let isThere = Compiler.arm != nil && emulator != nil

    /// The logits of images, from a program without a library or an operating system.
    ///
    /// - Parameter pixels: N,H,W,C.
    static func run(_ file: CExporter, pixels: [UInt8], images: Int) throws -> [Int8] {
        guard let compiler = Compiler.arm, let emulator else {
            throw Compiler.Failed(description: "no compiler or no emulator")
        }
        let folder = try TemporaryFolder()
        let list = pixels.map(String.init).joined(separator: ",")
        try Compiler.write(
            file, main: program(file.name, images: images).replacing("PIXELS", with: list), to: folder)
        try Data(layout.utf8).write(to: folder.url.appendingPathComponent("layout.ld"))
        let image = try Compiler.compile(
            compiler,
            CExportTests.flags + [
                "-O2", "-mcpu=cortex-m4", "-mthumb", "-ffreestanding", "-nostartfiles", "-nostdlib", "-T",
                folder.path("layout.ld"),
            ], behind: ["-lgcc"], in: folder)
        let arguments = [
            "60", emulator, "-M", "mps2-an386", "-nographic", "-monitor", "none", "-serial", "none",
            "-semihosting-config",
            "enable=on,target=native,chardev=out", "-chardev", "stdio,id=out", "-kernel", image,
        ]
        let text = String(decoding: try Compiler.run("/usr/bin/timeout", arguments, input: Data()), as: UTF8.self)
        return text.split(separator: "\n").compactMap { Int8($0) }
    }

    private static let layout = """
        MEMORY { FLASH (rx) : ORIGIN = 0, LENGTH = 4M
                 RAM (rwx) : ORIGIN = 0x20000000, LENGTH = 4M }
        SECTIONS {
            .text : { KEEP(*(.vectors)) *(.text*) *(.rodata*) } > FLASH
            .bss (NOLOAD) : { *(.bss*) *(COMMON) } > RAM
            /DISCARD/ : { *(.ARM.*) *(.comment) }
        }
        """

    /// A line a logit, by the debugger's calls that QEMU answers ("semihosting").
    private static func program(_ name: String, images: Int) -> String {
        """
        #include <stddef.h>
        static const uint8_t images[] = {PIXELS};
        static void call(int operation, const void *argument) {
            register int r0 __asm__("r0") = operation;
            register const void *r1 __asm__("r1") = argument;
            __asm__ volatile("bkpt 0xab" : "+r"(r0) : "r"(r1) : "memory");
        }
        static void print(int value) {
            char text[8], *at = text + 7;
            int left = value < 0 ? -value : value;
            *at = 0;
            *--at = '\\n';
            do *--at = (char)('0' + left % 10); while ((left /= 10) > 0);
            if (value < 0) *--at = '-';
            call(4, at);
        }
        void *memcpy(void *to, const void *from, size_t count) {
            for (size_t i = 0; i < count; i++) ((volatile char *)to)[i] = ((const char *)from)[i];
            return to;
        }
        void *memset(void *to, int value, size_t count) {
            for (size_t i = 0; i < count; i++) ((volatile char *)to)[i] = (char)value;
            return to;
        }
        static void start(void) {
            static int8_t logits[\(name)_CLASSES];
            for (int i = 0; i < \(images); i++) {
                \(name)_predict(images + i * \(name)_WIDTH * \(name)_HEIGHT * \(name)_CHANNELS, logits);
                for (int c = 0; c < \(name)_CLASSES; c++) print(logits[c]);
            }
            call(0x18, (const void *)0x20026);
            for (;;) {}
        }
        static void fault(void) {
            call(4, "fault\\n");
            call(0x18, (const void *)0x20023);
            for (;;) {}
        }
        __attribute__((section(".vectors"), used)) static void (*const vectors[16])(void) = {
            (void (*)(void))0x20400000, start, fault, fault, fault, fault, fault,
        };
        """
    }
}
