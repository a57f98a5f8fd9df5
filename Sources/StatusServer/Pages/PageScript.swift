/// What the page does beyond being read: it keeps itself up to date, asks before it cancels, and sends files that are
/// dropped on it. Without it everything can still be read.
enum PageScript {
    static let text = """
        "use strict";

        // Parts of the page, as the server makes them. Who has the keyboard in one keeps it.
        const source = document.body.dataset.events;
        if (source) {
          const connection = document.getElementById("connection");
          const events = new EventSource(source);
          const say = (words) => { if (connection.textContent !== words) connection.textContent = words; };
          events.onopen = () => say("live");
          events.onerror = () => say("reconnecting");
          events.onmessage = (event) => {
            const part = JSON.parse(event.data);
            const place = document.getElementById(part.id);
            if (!place || place.dataset.html === part.html) return;
            const focused = place.contains(document.activeElement) ? document.activeElement.id : "";
            const log = place.querySelector("pre.log");
            const followed = log && log.scrollTop + log.clientHeight >= log.scrollHeight - 8;
            const at = log ? log.scrollTop : 0;
            const opened = place.querySelector("iframe") !== null;
            // A report that is being read is not loaded anew.
            if (opened) return;
            place.innerHTML = part.html;
            place.dataset.html = part.html;
            if (focused) document.getElementById(focused)?.focus();
            const next = place.querySelector("pre.log");
            if (next) next.scrollTop = followed ? next.scrollHeight : at;
          };
        }

        document.querySelectorAll("pre.log").forEach((log) => { log.scrollTop = log.scrollHeight; });

        document.addEventListener("submit", (event) => {
          const question = event.target.dataset.confirm;
          if (question && !window.confirm(question)) event.preventDefault();
        });

        // Two to six jobs are compared.
        const comparing = document.getElementById("compare");
        if (comparing) {
          const button = comparing.querySelector("button");
          const count = () => comparing.querySelectorAll("input:checked").length;
          const update = () => { button.disabled = count() < 2 || count() > 6; };
          comparing.addEventListener("change", update);
          update();
        }

        // Files for the inbox, data before the manifests that name them.
        const drop = document.getElementById("drop");
        if (drop) {
          const list = document.getElementById("uploads");
          const isManifest = (file) => /(^|\\.)job\\.ya?ml$/.test(file.name);
          const send = (file) => new Promise((done) => {
            const item = document.createElement("li");
            const words = document.createElement("span");
            const bar = document.createElement("progress");
            words.textContent = file.name + " ";
            bar.max = 1; bar.value = 0;
            bar.setAttribute("aria-label", "Sending " + file.name);
            item.append(words, bar);
            list.append(item);
            const request = new XMLHttpRequest();
            request.open("PUT", "/inbox/" + encodeURIComponent(file.name));
            request.setRequestHeader("X-Distilld-Token", drop.dataset.token);
            request.upload.onprogress = (event) => { if (event.lengthComputable) bar.value = event.loaded / event.total; };
            request.onloadend = () => {
              bar.remove();
              words.textContent = (request.responseText || file.name + ": the connection broke off. Try again.").trim();
              item.className = request.status === 201 ? "good" : "bad";
              done();
            };
            request.send(file);
          });
          const sendAll = async (files) => {
            const ordered = [...files].sort((a, b) => isManifest(a) - isManifest(b));
            for (const file of ordered) await send(file);
          };
          drop.addEventListener("submit", (event) => event.preventDefault());
          drop.querySelector("input").addEventListener("change", (event) => {
            sendAll(event.target.files).then(() => { event.target.value = ""; });
          });
          // The whole page takes files: one that misses the field would otherwise be opened in the page's place.
          document.addEventListener("dragover", (event) => { event.preventDefault(); drop.classList.add("over"); });
          document.addEventListener("dragleave", (event) => {
            if (!event.relatedTarget) drop.classList.remove("over");
          });
          document.addEventListener("drop", (event) => {
            event.preventDefault();
            drop.classList.remove("over");
            sendAll(event.dataTransfer.files);
          });
        }

        """
}
