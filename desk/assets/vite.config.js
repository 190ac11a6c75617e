import { defineConfig } from "vite";

// Two scripts with fixed names: one for every page, one for the page where stories are written.
export default defineConfig({
  publicDir: false,
  build: {
    outDir: "../static/build",
    emptyOutDir: true,
    modulePreload: false,
    target: "es2022",
    rollupOptions: {
      input: { desk: "src/desk.js", editor: "src/editor.js" },
      output: { entryFileNames: "[name].js", chunkFileNames: "[name]-[hash].js", assetFileNames: "[name][extname]" },
    },
  },
});
