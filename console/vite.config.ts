import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

export default defineConfig({
  plugins: [react()],
  // While developing, the API is that of a server on this machine.
  server: { proxy: { "/api": { target: "http://127.0.0.1:8080", ws: true } } },
});
