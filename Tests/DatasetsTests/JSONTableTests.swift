import Testing

@testable import Datasets

/// Labels in the JSON of other programs.
struct JSONTableTests {
    private func table(
        _ json: String, name: String = "annotations.json", files: Set<String> = ["a.jpg", "b.jpg", "images/c.jpg"]
    ) throws(DatasetError) -> LabelTable {
        try LabelTable(TableFile(path: name, bytes: Array(json.utf8))) { files.contains($0) }
    }

    private func mistake(_ json: String) -> DatasetError? {
        do throws(DatasetError) {
            _ = try table(json)
            return nil
        } catch {
            return error
        }
    }

    @Test func coco() throws {
        let read = try table(
            """
            {"info": {}, "images": [
              {"id": 7, "file_name": "a.jpg", "width": 4}, {"id": 9, "file_name": "c.jpg"}, {"id": 1, "file_name": "b.jpg"}],
             "annotations": [{"id": 1, "image_id": 7, "category_id": 2, "bbox": [0, 0, 1, 1]},
              {"id": 3, "image_id": 9, "category_id": 5}, {"id": 2, "image_id": 7, "category_id": 2}],
             "categories": [{"id": 2, "name": "bolt", "supercategory": ""}, {"id": 5, "name": "nut"}]}
            """)
        #expect(read.rows.map(\.file) == ["a.jpg", "images/c.jpg"])
        #expect(read.rows.map(\.label) == ["bolt", "nut"])
        #expect(read.notes == ["annotations.json: 1 image has no label and is not used"])
        #expect(read.place(of: read.rows[1], in: "annotations.json") == "annotations.json, entry 2")
    }

    @Test func anImageOfTwoCategoriesIsNoClassification() throws {
        let error = try #require(
            mistake(
                """
                {"images": [{"id": 1, "file_name": "a.jpg"}], "annotations": [{"image_id": 1, "category_id": 1},
                 {"image_id": 1, "category_id": 2}], "categories": [{"id": 1, "name": "x"}, {"id": 2, "name": "y"}]}
                """))
        #expect(error.code == "dataset.labels" && error.details == ["entry 1: a.jpg has several labels: x, y"])
    }

    @Test func labelStudio() throws {
        let read = try table(
            """
            [{"id": 1, "data": {"image": "/data/upload/1/a.jpg"},
              "annotations": [{"result": [{"type": "choices", "value": {"choices": ["bolt"]}}]}]},
             {"id": 2, "data": {"image": "/data/local-files/?d=mine/images/c.jpg"},
              "annotations": [{"was_cancelled": true, "result": [{"value": {"choices": ["bolt"]}}]},
               {"result": [{"value": {"choices": ["nut"]}}, {"value": {"text": ["hm"]}}]}]},
             {"id": 3, "data": {"image": "b.jpg"}, "annotations": []}]
            """, name: "project-1-at-2024-05-06.json")
        #expect(read.rows.map(\.file) == ["a.jpg", "images/c.jpg"])
        #expect(read.rows.map(\.label) == ["bolt", "nut"])
        let short = try table("[{\"image\": \"s3://bucket/a.jpg\", \"choice\": \"bolt\", \"id\": 1}]")
        #expect(short.rows.map(\.file) == ["a.jpg"] && short.rows.map(\.label) == ["bolt"])
    }

    @Test func plainObjectsAndLists() throws {
        let object = try table("{\"b.jpg\": 1, \"a.jpg\": \"red\"}", name: "labels.json")
        #expect(object.rows.map(\.file) == ["a.jpg", "b.jpg"] && object.rows.map(\.label) == ["red", "1"])
        let list = try table("[{\"file\": \"a.jpg\", \"label\": \"red\", \"split\": \"val\"}]", name: "labels.json")
        #expect(list.rows == [LabelTable.Row(file: "a.jpg", label: "red", split: .evaluation, line: 1)])
        #expect(list.hasSplit)
    }

    @Test(arguments: [
        "", "{", "[1]", "{\"a.jpg\": [1]}", "[{\"label\": \"x\"}]", "null",
        "[{\"file\":\"a.jpg\",\"label\":\"x\",\"split\":\"q\"}]",
    ])
    func whatIsNoLabelsIsSaid(json: String) throws {
        let error = try #require(mistake(json))
        #expect(error.code == "dataset.labels" && error.location == "annotations.json" && !error.fix.isEmpty)
    }

    @Test func deepNestingIsRefused() throws {
        let deep = String(repeating: "[", count: 100_000)
        #expect(mistake(deep)?.code == "dataset.labels")
    }

    @Test func aDatasetWithCocoInEachSplit() throws {
        let (folder, cache) = (try TemporaryFolder(), try TemporaryFolder())
        var files = Files()
        for split in ["train", "valid", "test"] {
            files.addImages(split, 4)
            let images = (0..<4).map { "{\"id\": \($0), \"file_name\": \"\($0).png\"}" }.joined(separator: ",")
            let annotations = (0..<4).map { "{\"image_id\": \($0), \"category_id\": \($0 % 2)}" }.joined(separator: ",")
            files.add(
                "\(split)/_annotations.coco.json",
                "{\"images\": [\(images)], \"annotations\": [\(annotations)], \"categories\": "
                    + "[{\"id\": 0, \"name\": \"good\"}, {\"id\": 1, \"name\": \"bent\"}]}")
        }
        for packing in [Packing.folder, .zip] {
            let dataset = try DatasetReader.read(
                DatasetRequest(try packing.pack(files, in: folder), cache: cache), pool: .init(threads: 2))
            #expect(dataset.classes == ["bent", "good"])
            #expect(dataset.train.count == 4 && dataset.evaluation.count == 4 && dataset.test.count == 4)
        }
    }
}
