package org.ombord;

import android.app.Activity;
import android.content.Context;
import android.content.Intent;
import android.hardware.Camera;
import android.os.Bundle;
import android.view.Gravity;
import android.view.SurfaceHolder;
import android.view.SurfaceView;
import android.view.WindowManager;
import android.widget.FrameLayout;
import android.widget.TextView;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The camera, full screen, until Python has what it wants or the person goes back. Pictures stay in here; the texts
 * of their codes wait in a short queue for Python, which asks ten times a second.
 */
@SuppressWarnings("deprecation") // Camera of API 1: every phone has it, and it needs no library
public final class ScannerActivity extends Activity implements SurfaceHolder.Callback, Camera.PreviewCallback {
    private static final int MOST_WAITING = 32;
    private static final int WANTED_WIDTH = 1280;
    private static final int WANTED_HEIGHT = 720;
    private static final ArrayDeque<String> TEXTS = new ArrayDeque<>();
    private static ScannerActivity current;
    private static boolean isOpen;
    private static String trouble = "";

    private final CodeReader reader = new CodeReader();
    private final AtomicBoolean isReading = new AtomicBoolean();
    private Camera camera;
    private TextView words;
    private String last = "";

    /** Open the camera over the app; `hint` stands below the picture. */
    public static synchronized void open(Context context, String hint) {
        TEXTS.clear();
        trouble = "";
        isOpen = true;
        context.startActivity(new Intent(context, ScannerActivity.class).putExtra("hint", hint));
    }

    /** Close it, if it is open. */
    public static synchronized void close() {
        isOpen = false;
        ScannerActivity open = current;
        if (open != null) {
            open.runOnUiThread(open::finish);
        }
    }

    /** The next text that was read, or null. */
    public static synchronized String take() {
        return TEXTS.poll();
    }

    /** Whether the camera is still wanted: false after the person went back. */
    public static synchronized boolean isOpen() {
        return isOpen;
    }

    /** Why there is no picture; empty while there is. */
    public static synchronized String trouble() {
        return trouble;
    }

    /** Other words below the picture, such as how far moving frames are. */
    public static synchronized void say(String text) {
        ScannerActivity open = current;
        if (open != null) {
            open.runOnUiThread(() -> open.words.setText(text));
        }
    }

    @Override
    protected void onCreate(Bundle saved) {
        super.onCreate(saved);
        getWindow().addFlags(WindowManager.LayoutParams.FLAG_KEEP_SCREEN_ON);
        SurfaceView picture = new SurfaceView(this);
        picture.getHolder().addCallback(this);
        words = new TextView(this);
        words.setText(getIntent().getStringExtra("hint"));
        words.setTextSize(20);
        words.setTextColor(0xFFFFFFFF);
        words.setBackgroundColor(0xC0000000);
        words.setGravity(Gravity.CENTER);
        words.setPadding(32, 32, 32, 48);
        FrameLayout layout = new FrameLayout(this);
        layout.addView(picture);
        layout.addView(words, new FrameLayout.LayoutParams(
            FrameLayout.LayoutParams.MATCH_PARENT, FrameLayout.LayoutParams.WRAP_CONTENT, Gravity.BOTTOM));
        setContentView(layout);
        hold(this);
        if (!isOpen()) { // closed again before it came up
            finish();
        }
    }

    @Override
    protected void onDestroy() {
        super.onDestroy();
        if (isFinishing()) {
            letGo(this);
        }
    }

    private static synchronized void hold(ScannerActivity activity) {
        current = activity;
    }

    private static synchronized void letGo(ScannerActivity activity) {
        if (current == activity) {
            current = null;
            isOpen = false;
        }
    }

    private static synchronized void fail(String why) {
        trouble = why;
    }

    private static synchronized void put(String text) {
        if (TEXTS.size() == MOST_WAITING) {
            TEXTS.poll();
        }
        TEXTS.add(text);
    }

    @Override
    public void surfaceCreated(SurfaceHolder holder) {
        try {
            camera = Camera.open();
            if (camera == null) {
                throw new IOException("this phone has no camera at its back");
            }
            Camera.Parameters wanted = camera.getParameters();
            for (Camera.Size size : wanted.getSupportedPreviewSizes()) {
                if (size.width == WANTED_WIDTH && size.height == WANTED_HEIGHT) {
                    wanted.setPreviewSize(WANTED_WIDTH, WANTED_HEIGHT);
                }
            }
            if (wanted.getSupportedFocusModes().contains(Camera.Parameters.FOCUS_MODE_CONTINUOUS_PICTURE)) {
                wanted.setFocusMode(Camera.Parameters.FOCUS_MODE_CONTINUOUS_PICTURE);
            }
            camera.setParameters(wanted);
            camera.setDisplayOrientation(90);
            camera.setPreviewDisplay(holder);
            camera.setPreviewCallback(this);
            camera.startPreview();
        } catch (IOException | RuntimeException error) { // the camera's own errors are RuntimeExceptions
            fail(String.valueOf(error.getMessage()));
            finish();
        }
    }

    @Override
    public void surfaceChanged(SurfaceHolder holder, int format, int width, int height) {}

    @Override
    public void surfaceDestroyed(SurfaceHolder holder) {
        if (camera != null) {
            camera.setPreviewCallback(null);
            camera.stopPreview();
            camera.release();
            camera = null;
        }
    }

    /** NV21: the first width x height bytes are the grey picture. One is read at a time, off this thread. */
    @Override
    public void onPreviewFrame(byte[] data, Camera from) {
        if (!isReading.compareAndSet(false, true)) {
            return;
        }
        Camera.Size size = from.getParameters().getPreviewSize();
        new Thread(() -> {
            try {
                String text = reader.read(data, size.width, size.height);
                if (text != null && !text.equals(last)) {
                    last = text;
                    put(text);
                }
            } finally {
                isReading.set(false);
            }
        }).start();
    }
}
