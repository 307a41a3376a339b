const reporter = process.env.REPORTER || "json";
const outputFile = process.env.REPORT;
module.exports = {
  testDir: ".",
  testMatch: "*.spec.js",
  retries: 1,
  reporter: reporter.includes("ctrf") ? [[reporter, { outputFile, outputDir: "." }]] : [[reporter, { outputFile }]],
  projects: [
    {
      name: "chromium",
      use: { launchOptions: { executablePath: "/usr/bin/chromium", args: ["--no-sandbox"] }, trace: "off" },
    },
  ],
};
