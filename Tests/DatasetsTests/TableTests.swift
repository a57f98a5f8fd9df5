import Manifests
import Testing

@testable import Datasets

@Suite struct TableTests {
    private func records(_ text: String) throws -> [[String]] {
        var reader = CSVReader(Array(text.utf8))
        var all: [[String]] = []
        while let record = try reader.next() { all.append(record.fields) }
        return all
    }

    @Test(arguments: [
        ("a,b\nc,d\n", [["a", "b"], ["c", "d"]]), ("a,b\r\nc,d", [["a", "b"], ["c", "d"]]),
        ("a,b\rc,d\r", [["a", "b"], ["c", "d"]]), ("\u{FEFF}a,b\n\n\nc,d\n\n", [["a", "b"], ["c", "d"]]),
        ("\"a,1\",\"say \"\"hi\"\"\"\n", [["a,1", "say \"hi\""]]), ("\"two\r\nlines\",x", [["two\r\nlines", "x"]]),
        ("a;b\n\"c;d\";e,f\n", [["a", "b"], ["c;d", "e,f"]]), ("a\tb\nc\td", [["a", "b"], ["c", "d"]]),
        ("a,,\n", [["a", "", ""]]), ("\"\",x", [["", "x"]]), ("", []),
    ])
    func quotingAndLineEnds(_ text: String, _ expected: [[String]]) throws {
        #expect(try records(text) == expected)
    }

    @Test(arguments: [
        ("a,b\nc,\"d\ne,f", CSVReader.Failure.openQuote(line: 2)), ("a,b\nc,\"d\"e\n", .afterQuote(line: 2)),
        ("a,b\n\nc,d\"e\n", .quoteInside(line: 3)), ("a,b\nc\0,d", .zero(line: 2)),
    ])
    func mistakesInQuoting(_ text: String, _ expected: CSVReader.Failure) {
        #expect(throws: expected) { try records(text) }
    }

    @Test func badUTF8() {
        var reader = CSVReader([97, 44, 98, 10, 0xE9, 44, 99])
        #expect(throws: CSVReader.Failure.notUTF8(line: 2)) { while try reader.next() != nil {} }
    }

    private func table(_ text: String, files: Set<String> = ["1.png"]) throws -> LabelTable {
        try LabelTable(TableFile(path: "labels.csv", bytes: Array(text.utf8))) { files.contains($0) }
    }

    @Test func headerInAnyOrderAndWords() throws {
        let read = try table("Class,Set,note,Filename\nred,val,x, 1.png \n")
        #expect(read.rows == [LabelTable.Row(file: "1.png", label: "red", split: .evaluation, line: 2)])
        #expect(read.hasSplit && read.notes == ["labels.csv: columns that are not used: note"])
    }

    @Test func withoutHeader() throws {
        let read = try table("1.png,red\n2.png,blue\n")
        #expect(read.rows.map(\.label) == ["red", "blue"] && read.rows.map(\.line) == [1, 2])
        let split = try table("1.png,red,test\n")
        #expect(split.rows.map(\.split) == [.test])
    }

    private func mistake(_ text: String) -> DatasetError? {
        do throws(DatasetError) {
            _ = try LabelTable(TableFile(path: "labels.csv", bytes: Array(text.utf8))) { $0 == "1.png" }
            return nil
        } catch {
            return error
        }
    }

    @Test func mistakesAreNamedByLine() throws {
        let error = try #require(
            mistake("file,label,split\n1.png,red,train\n2.png,red\n3.png,,train\n4.png,red,traim\n,red,test\n"))
        #expect(error.code == "dataset.labels" && error.location == "labels.csv:3")
        #expect(error.what == "4 lines of the table cannot be used")
        #expect(
            error.details == [
                "line 3: 2 fields where there should be 3 fields", "line 4: 3.png has no label",
                "line 5: \"traim\" is not a split: write train, val (valid, validation, eval) or test",
                "line 6: no file is named",
            ])
    }

    @Test func noHeaderAndNoFile() {
        #expect(mistake("picture one,red\n")?.location == "labels.csv:1")
        #expect(mistake("")?.what == "the table is empty")
        #expect(mistake("file,label\n1.png,\"red\n")?.location == "labels.csv:2")
    }

    @Test func utf16IsSaid() {
        let bytes: [UInt8] = [0xFF, 0xFE, 0x66, 0, 0x69, 0]
        #expect(throws: DatasetError.self) { try LabelTable(TableFile(path: "l", bytes: bytes)) { _ in false } }
    }

    // MARK: with images

    private func dataset(_ table: String, maxCorrupt: Double = 0.01) throws -> Result<Dataset, DatasetError> {
        let (folder, cache) = (try TemporaryFolder(), try TemporaryFolder())
        var files = Files()
        files.addImages("images", 6)
        files.add("images/text.txt", "text")
        files.add("labels.csv", table)
        var request = DatasetRequest(try Packing.tarGzip.pack(files, in: folder), cache: cache)
        request.maxCorrupt = maxCorrupt
        do throws(DatasetError) {
            return .success(try DatasetReader.read(request, pool: .init(threads: 2)))
        } catch {
            return .failure(error)
        }
    }

    private let good = (0..<6).map { "images/\($0).png,\($0 % 2)\n" }.joined()

    @Test func absentFilesAreLeftOut() throws {
        let table = "file,label\n" + good + "images/9.png,1\nimages/text.txt,0\n"
        let dataset = try dataset(table, maxCorrupt: 0.3).get()
        #expect(
            dataset.leftOut == [
                LeftOutFile(path: "images/9.png", reason: "named at labels.csv:8, but there is no such file"),
                LeftOutFile(path: "images/text.txt", reason: "labelled at labels.csv:9, but not a PNG or JPEG image"),
            ])
        #expect(dataset.totalFiles == 8)
        guard case .failure(let error) = try self.dataset(table) else { return #expect(Bool(false), "must fail") }
        #expect(error.code == "dataset.tooCorrupt" && error.details.count == 2)
    }

    @Test func pathsOfWindowsAndDots() throws {
        let table =
            "file,label\n" + good.replacing("images/1", with: "images\\1").replacing("images/2", with: "./images/2")
        #expect(try dataset(table).get().totalFiles == 6)
    }

    @Test func repeatedAndContradictory() throws {
        let repeated = try dataset("file,label\n" + good + "images/0.png,0\n").get()
        #expect(repeated.notes.contains("labels.csv names 1 file more than once"))
        guard case .failure(let error) = try dataset("file,label\n" + good + "images/0.png,1\n../x.png,1\n") else {
            return #expect(Bool(false), "must fail")
        }
        #expect(error.code == "dataset.labels" && error.location == "labels.csv:8")
        #expect(
            error.details == [
                "labels.csv:8: images/0.png is labelled otherwise at labels.csv:2",
                "labels.csv:9: ../x.png leads out of the dataset",
            ])
    }

    @Test func imagesThatAreNotListedAreSaid() throws {
        let table = "file,label\n" + good.split(separator: "\n").dropLast().joined(separator: "\n") + "\n"
        #expect(try dataset(table).get().notes.contains { $0.contains("1 image is not in labels.csv") })
    }

    @Test func tableForEachSplit() throws {
        let (folder, cache) = (try TemporaryFolder(), try TemporaryFolder())
        var files = Files()
        for split in ["train", "test"] {
            files.addImages(split, 4)
            files.add("\(split)/labels.csv", "file,label\n" + (0..<4).map { "\($0).png,\($0 % 2)\n" }.joined())
        }
        let dataset = try read(DatasetRequest(try Packing.zip.pack(files, in: folder), cache: cache))
        #expect(dataset.test.paths == (0..<4).map { "test/\($0).png" })
        #expect(dataset.train.count + dataset.evaluation.count == 4)
    }
}
