package org.ombord;

import com.google.zxing.BarcodeFormat;
import com.google.zxing.BinaryBitmap;
import com.google.zxing.DecodeHintType;
import com.google.zxing.PlanarYUVLuminanceSource;
import com.google.zxing.ReaderException;
import com.google.zxing.common.HybridBinarizer;
import com.google.zxing.qrcode.QRCodeReader;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;

/** One QR code in one grey picture, by ZXing. The only class that knows a decoder: another takes its place here. */
final class CodeReader {
    private final QRCodeReader reader = new QRCodeReader();
    private final Map<DecodeHintType, Object> hints = new EnumMap<>(DecodeHintType.class);

    CodeReader() {
        hints.put(DecodeHintType.POSSIBLE_FORMATS, Collections.singletonList(BarcodeFormat.QR_CODE));
        hints.put(DecodeHintType.TRY_HARDER, Boolean.TRUE);
    }

    /** The code's text, or null. A misread is a retry: the next frame comes in a tenth of a second. */
    String read(byte[] grey, int width, int height) {
        PlanarYUVLuminanceSource source =
            new PlanarYUVLuminanceSource(grey, width, height, 0, 0, width, height, false);
        try {
            return reader.decode(new BinaryBitmap(new HybridBinarizer(source)), hints).getText();
        } catch (ReaderException noCode) {
            return null;
        } finally {
            reader.reset();
        }
    }
}
