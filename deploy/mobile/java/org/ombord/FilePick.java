package org.ombord;

import android.app.Activity;
import android.content.Intent;
import android.database.Cursor;
import android.net.Uri;
import android.provider.OpenableColumns;
import java.io.ByteArrayOutputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;

/** The system's own file picker (Storage Access Framework): needs no permission, and shows sticks and clouds. */
public final class FilePick {
    public static final int REQUEST = 7117;

    private FilePick() {}

    /** Ask; the answer comes to the activity, as any other's does. */
    public static void ask(Activity activity) {
        Intent open = new Intent(Intent.ACTION_OPEN_DOCUMENT)
            .addCategory(Intent.CATEGORY_OPENABLE)
            .setType("*/*");
        activity.runOnUiThread(() -> activity.startActivityForResult(open, REQUEST));
    }

    /** What the file is called; empty where its keeper does not say. */
    public static String name(Activity activity, Uri uri) {
        String[] wanted = {OpenableColumns.DISPLAY_NAME};
        try (Cursor found = activity.getContentResolver().query(uri, wanted, null, null, null)) {
            String name = found != null && found.moveToFirst() ? found.getString(0) : null;
            return name == null ? "" : name;
        }
    }

    /** The file's bytes, and one more than `most` where it has more. */
    public static byte[] read(Activity activity, Uri uri, int most) throws IOException {
        try (InputStream in = activity.getContentResolver().openInputStream(uri)) {
            if (in == null) {
                throw new FileNotFoundException("the file is not there any more");
            }
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            byte[] part = new byte[1 << 16];
            int count = in.read(part);
            while (count >= 0 && out.size() <= most) {
                out.write(part, 0, Math.min(count, most + 1 - out.size()));
                count = in.read(part);
            }
            return out.toByteArray();
        }
    }
}
