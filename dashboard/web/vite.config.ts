import react from "@vitejs/plugin-react"
import { defineConfig } from "vite"

// The page runs under `default-src 'none'` with Trusted Types: nothing inline, no data: URLs, no polyfill.
export default defineConfig({
  base: "./",
  plugins: [react()],
  build: {
    target: "es2023",
    outDir: "../tramgac_dashboard/static",
    emptyOutDir: true,
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  server: { proxy: { "/api": "http://127.0.0.1:18080" } },
})
