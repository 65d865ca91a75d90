// Previews index.ts with the pack in the real engine, and prints what the policies said as a JSON document.
// The Automation API runs the program in this process, where `pulumi preview` would start it through its language host.
const fs = require("fs");
const path = require("path");
const { createRequire } = require("module");

const [folder, modules, pack] = process.argv.slice(2);
const load = createRequire(path.join(modules, "package.json"));

async function main() {
    const { LocalWorkspace } = load("@pulumi/pulumi/automation");
    const typescript = load("typescript");
    const source = fs.readFileSync(path.join(folder, "index.ts"), "utf8");
    const { outputText } = typescript.transpileModule(source, {
        compilerOptions: { module: "commonjs", target: "es2020", esModuleInterop: true },
    });
    const program = async () => {
        const compiled = { exports: {} };
        new Function("require", "module", "exports", outputText)(load, compiled, compiled.exports);
        return compiled.exports;
    };
    const stack = await LocalWorkspace.createOrSelectStack(
        { stackName: "test", projectName: "program-of-others", program },
        { workDir: process.cwd(), envVars: process.env },
    );
    await stack.setConfig("aws:region", { value: "eu-central-1" });
    const said = { violations: [], output: "", failed: "" };
    try {
        await stack.preview({
            policyPacks: [pack],
            color: "never",
            onOutput: (text) => (said.output += text),
            onEvent: ({ policyEvent }) => policyEvent && said.violations.push(policyEvent),
        });
    } catch (error) {
        said.failed = String(error);
    }
    console.log(JSON.stringify(said));
}

main().catch((error) => {
    console.error(error);
    process.exit(1);
});
