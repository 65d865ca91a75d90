/** One upload from its checksums to what ingestion made of it. It goes on while other views are shown. */

import { pathOf, wait } from "../api.js";
import { Problem } from "../problem.js";
import { checksumsOf, partsOf } from "./parts.js";
import { put } from "./transfer.js";

export const STAGES = ["checksum", "sending", "ingesting"];
const AT_ONCE = 3;
const TRIES = 4;
const FIRST_LOOK_MILLISECONDS = 1_000;
const LAST_LOOK_MILLISECONDS = 15_000;
const CLOSED = { title: "The upload is closed", detail: "It was completed or given up elsewhere. Begin another." };
const OVER = new Set(["committed", "quarantined", "removed", "aborted"]);

/** Events: `change` for each step; `stage` is one of STAGES, or `done`, `failed`, `given-up`. */
export class UploadJob extends EventTarget {
  stage = "checksum";
  sent = 0;
  upload = null;
  error = null;
  #api;
  #path;
  #ending = new AbortController();

  constructor(api, dataset, file) {
    super();
    this.#api = api;
    this.#path = `${pathOf("datasets", dataset)}/uploads`;
    this.file = file;
  }

  get isOver() {
    return !STAGES.includes(this.stage);
  }

  async run() {
    addEventListener("beforeunload", warn);
    try {
      const parts = partsOf(this.file);
      const { signal } = this.#ending;
      const sha256 = await checksumsOf(parts, { signal, progress: (bytes) => this.#tell("checksum", bytes) });
      this.#tell("sending", 0);
      this.upload = await this.#api.post(this.#path, { name: this.file.name, size: this.file.size, sha256 }, signal);
      await this.#send(parts);
      this.upload = await this.#api.post(`${this.#own}/complete`, {}, signal);
      this.#tell("ingesting", this.file.size);
      removeEventListener("beforeunload", warn);
      await this.#watch(signal);
      this.#tell("done", this.file.size);
    } catch (error) {
      if (!this.#ending.signal.aborted) this.#fail(error);
      // Other parts are still on their way.
      this.#ending.abort();
    } finally {
      removeEventListener("beforeunload", warn);
    }
  }

  /** Stop, and let what has arrived be removed: it is given up when that has been done. */
  async giveUp() {
    this.#ending.abort();
    try {
      if (this.upload) await this.#api.delete(this.#own);
      this.#tell("given-up", this.sent);
    } catch (error) {
      this.#fail(error);
    }
  }

  get #own() {
    return this.#path + pathOf(this.upload.id);
  }

  async #send(parts) {
    const sent = parts.map(() => 0);
    const waiting = [...parts.keys()];
    const work = async () => {
      for (let index = waiting.shift(); index !== undefined; index = waiting.shift()) {
        await this.#sendPart(index, parts[index], (bytes) => {
          sent[index] = bytes;
          this.#tell("sending", sum(sent));
        });
      }
    };
    await Promise.all(Array.from({ length: Math.min(AT_ONCE, parts.length) }, work));
  }

  async #sendPart(index, part, progress) {
    const { signal } = this.#ending;
    let known = this.upload.parts[index];
    for (let tries = 1; !known.is_uploaded; tries += 1) {
      if (!known.url) throw new Problem(CLOSED);
      try {
        await put(known, part, { signal, progress });
        break;
      } catch (error) {
        if (signal.aborted || tries === TRIES) throw error;
        await wait(1_000 * 2 ** (tries - 1), signal);
        // The address may have run out, or the part have arrived and the answer not.
        known = (await this.#api.get(this.#own, {}, signal)).parts[index];
      }
    }
    progress(part.size);
  }

  async #watch(signal) {
    for (
      let pause = FIRST_LOOK_MILLISECONDS;
      !OVER.has(this.upload.status);
      pause = Math.min(pause * 1.5, LAST_LOOK_MILLISECONDS)
    ) {
      await wait(pause, signal);
      this.upload = await this.#look(signal);
    }
  }

  /** What has arrived stays there while the API cannot be asked. */
  async #look(signal) {
    try {
      return await this.#api.get(this.#own, {}, signal);
    } catch (error) {
      const isRefused = error.status >= 400 && error.status < 500;
      if (signal.aborted || isRefused) throw error;
      return this.upload;
    }
  }

  #fail(error) {
    this.error = error;
    this.#tell("failed", this.sent);
  }

  #tell(stage, sent) {
    Object.assign(this, { stage, sent });
    this.dispatchEvent(new Event("change"));
  }
}

function sum(numbers) {
  return numbers.reduce((total, each) => total + each);
}

function warn(event) {
  event.preventDefault();
}
