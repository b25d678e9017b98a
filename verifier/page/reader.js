// A worker that finds QR codes in pixels, so that the page never stops moving. By zxing-cpp in WebAssembly.

importScripts("vendor/zxing-reader.js");

ZXingWASM.prepareZXingModule({ overrides: { locateFile: () => new URL("vendor/zxing-reader.wasm", self.location).href } });

const OPTIONS = { formats: ["QRCodeModel2"], tryHarder: true, tryInvert: false, tryDownscale: true, maxNumberOfSymbols: 4, textMode: "Plain" };

self.onmessage = async ({ data: { id, pixels } }) => {
  try {
    const found = await ZXingWASM.readBarcodes(pixels, OPTIONS);
    self.postMessage({ id, texts: found.filter((one) => one.isValid).map((one) => one.text) });
  } catch (error) {
    self.postMessage({ id, failed: String(error) });
  }
};
