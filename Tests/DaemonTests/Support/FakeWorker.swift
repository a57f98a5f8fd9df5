/// A worker that is a shell script: it reads its order, says events, and fills the staging folder as it is told.
enum FakeWorker {
    /// - Parameters:
    ///   - bench: the folder whose `runs` gets a line for each start.
    ///   - body: what it does; ends with `finish` or `failed`, or otherwise.
    static func script(bench: String, body: String) -> String {
        """
        #!/bin/sh
        bench='\(bench)'
        # Of the order, a pretty-printed JSON object, the lines that are needed.
        while read -r key colon value; do
            value=${value%,}; value=${value#\\"}; value=${value%\\"}
            case $key in
            '"jobID"') id=$value ;;
            '"stagingDirectory"') staging=$value ;;
            '"checkpointDirectory"') checkpoints=$value ;;
            '"threads"') threads=$value ;;
            esac
        done <"$2"
        echo "$id" >>"$bench/runs"

        say() { printf '{"event":"%s","time":1.5%s}\\n' "$1" "$2"; }
        stage() { say stage ",\\"stage\\":\\"$1\\",\\"total\\":${2-0}"; }
        epoch() {
            say epoch ",\\"stage\\":\\"$1\\",\\"epoch\\":$2,\\"epochs\\":$3,\\"learningRate\\":0.1,\\"trainLoss\\":1,\\
        \\"trainAccuracy\\":0.5,\\"evaluationLoss\\":1,\\"evaluationAccuracy\\":0.712,\\"imagesPerSecond\\":3210,\\
        \\"seconds\\":2"
        }
        finish() {
            rm -rf "$staging"; mkdir -p "$staging"
            echo weights >"$staging/student.onnx"
            say finished ",\\"verdict\\":\\"The student is as good as its teacher.\\",\\"teacherAccuracy\\":0.9,\\
        \\"studentAccuracy\\":${accuracy-0.9},\\"studentParameters\\":100,\\"studentBytes\\":400"
            exit 0
        }
        failed() {
            say failed ",\\"code\\":\\"training.diverged\\",\\"what\\":\\"The loss is not finite.\\",\\
        \\"fix\\":\\"Lower the rate.\\",\\"details\\":[]"
            exit 1
        }
        # Until the test wants it to go on.
        await() { while [ ! -e "$bench/$1" ]; do sleep 0.02; done; }
        suspendable() { trap 'say suspended; exit 75' TERM; }

        say started ",\\"jobID\\":\\"$id\\",\\"resumed\\":false"
        \(body)
        """
    }
}
