package org.ombord;

import android.app.Activity;
import android.content.ContentResolver;
import android.content.ContentValues;
import android.content.Intent;
import android.net.Uri;
import android.provider.MediaStore;
import java.io.IOException;
import java.io.OutputStream;

/** Saves a file to the phone's downloads (API 29) and opens the system's sheet: other apps, printers, mail. */
public final class FileShare {
    private FileShare() {}

    public static void share(Activity activity, String name, String type, byte[] data) throws IOException {
        ContentResolver resolver = activity.getContentResolver();
        ContentValues values = new ContentValues();
        values.put(MediaStore.MediaColumns.DISPLAY_NAME, name);
        values.put(MediaStore.MediaColumns.MIME_TYPE, type);
        Uri uri = resolver.insert(MediaStore.Downloads.EXTERNAL_CONTENT_URI, values);
        if (uri == null) {
            throw new IOException("the downloads folder takes no file");
        }
        try (OutputStream out = resolver.openOutputStream(uri)) {
            out.write(data);
        } catch (IOException error) {
            resolver.delete(uri, null, null);
            throw error;
        }
        Intent send = new Intent(Intent.ACTION_SEND)
            .setType(type)
            .putExtra(Intent.EXTRA_STREAM, uri)
            .addFlags(Intent.FLAG_GRANT_READ_URI_PERMISSION);
        activity.runOnUiThread(() -> activity.startActivity(Intent.createChooser(send, name)));
    }
}
