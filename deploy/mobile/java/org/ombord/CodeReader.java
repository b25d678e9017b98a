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

    /**
     * The code's text, or null. A misread is a retry: the next frame comes in a moment.
     *
     * <p>ZXing looks at one pixel a module, so noise costs it many frames: its second try is of the middle of the
     * picture, smoothed and twice as large (docs/mobile.md has what that gains).
     */
    String read(byte[] grey, int width, int height) {
        String text = decode(grey, width, height);
        if (text != null) {
            return text;
        }
        int side = Math.min(width, height);
        return decode(doubled(grey, width, (width - side) / 2, (height - side) / 2, side), 2 * side, 2 * side);
    }

    private String decode(byte[] grey, int width, int height) {
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

    /** A square of the picture, each pixel the mean of its nine neighbours, between them what lies between. */
    private static byte[] doubled(byte[] grey, int width, int left, int top, int side) {
        byte[] smooth = new byte[side * side];
        for (int y = 1; y < side - 1; y++) {
            for (int x = 1; x < side - 1; x++) {
                int at = (top + y) * width + left + x;
                int sum = 0;
                for (int row = at - width; row <= at + width; row += width) {
                    sum += (grey[row - 1] & 0xFF) + (grey[row] & 0xFF) + (grey[row + 1] & 0xFF);
                }
                smooth[y * side + x] = (byte) (sum / 9);
            }
        }
        int wide = 2 * side;
        byte[] large = new byte[wide * wide];
        for (int y = 0; y < side - 1; y++) {
            for (int x = 0; x < side - 1; x++) {
                int at = y * side + x;
                int here = smooth[at] & 0xFF;
                int right = smooth[at + 1] & 0xFF;
                int below = smooth[at + side] & 0xFF;
                int across = smooth[at + side + 1] & 0xFF;
                int to = 2 * y * wide + 2 * x;
                large[to] = (byte) here;
                large[to + 1] = (byte) ((here + right) / 2);
                large[to + wide] = (byte) ((here + below) / 2);
                large[to + wide + 1] = (byte) ((here + right + below + across) / 4);
            }
        }
        return large;
    }
}
