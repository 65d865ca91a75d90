/** Sending a part to S3. By XMLHttpRequest, since `fetch` does not tell how much has been sent. */

import { Problem } from "../problem.js";

/** PUT a part to its signed address; `progress(bytes)` hears how far it is. Throws a Problem with S3's status. */
export function put({ url, headers }, part, { signal, progress }) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    const end = () => request.abort();
    const over = (error) => {
      signal.removeEventListener("abort", end);
      if (error) reject(error);
      else resolve();
    };
    request.upload.onprogress = (event) => progress(event.loaded);
    request.onload = () => over(request.status < 300 ? null : refused(request.status, request.responseText));
    request.onerror = () => over(refused(0, ""));
    request.onabort = () => over(signal.reason);
    request.open("PUT", url);
    for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value);
    signal.addEventListener("abort", end);
    request.send(part);
  });
}

function refused(status, text) {
  const code = /<Code>(\w+)<\/Code>/.exec(text)?.[1];
  const detail = status
    ? `S3 refused a part of it (${code ?? status}). Begin again; what has arrived is forgotten within a week.`
    : "The connection to S3 broke, several times. Begin again; what has arrived is forgotten within a week.";
  return new Problem({ title: "The file could not be sent", status, detail });
}
