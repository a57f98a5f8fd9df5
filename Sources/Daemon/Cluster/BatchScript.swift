import Manifests

/// What the nodes run: the worker, whose words and end are left in the submission's folder.
struct BatchScript {
    let text: String

    init(_ submission: Submission, _ plan: ClusterPlan, isArray: Bool) {
        let worker = (plan.worker + ["--order", submission.folder.order, "--trials-elsewhere"]).map(Self.quoted)
        let trial = isArray ? #" --trial "$part""# : ""
        text = """
            #!/bin/sh
            # Made by distilld: \(submission.name).
            part=${SLURM_ARRAY_TASK_ID:-0}
            cd \(Self.quoted(submission.root)) || exit 1
            rm -f "end-$part"
            # Where its node was only thought to be lost, and it was started on another one, this start writes no more.
            me="$(hostname) $$"
            echo "$me" >"start-$part"
            (while sleep 5; do now=$(cat "start-$part") && [ "$now" != "$me" ] && kill -KILL 0; done) >/dev/null 2>&1 &
            watch=$!
            # The worker gets the signal as well, and stops at a checkpoint; this stays to write down its end.
            trap : TERM
            echo "distilld: batch job ${SLURM_JOB_ID:-?} runs on ${SLURMD_NODENAME:-?} (restarts: ${SLURM_RESTART_COUNT:-0})" \\
                >>"err-$part"
            \(worker.joined(separator: " "))\(trial) >>"out-$part" 2>>"err-$part"
            code=$?
            kill "$watch"
            echo "$code" >"end-$part.new" && mv "end-$part.new" "end-$part"
            # It has asked for trials, which is no failure.
            [ "$code" -eq \(WorkerExit.awaiting) ] && exit 0
            exit "$code"

            """
    }

    private static func quoted(_ text: String) -> String {
        "'" + text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: #"'\''"#) + "'"
    }
}
