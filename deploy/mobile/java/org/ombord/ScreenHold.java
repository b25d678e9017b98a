package org.ombord;

import android.app.Activity;
import android.view.Window;
import android.view.WindowManager.LayoutParams;

/** Full brightness and no sleep, for this app's window alone: nothing of the phone's own settings is touched. */
public final class ScreenHold {
    private ScreenHold() {}

    public static void holdUp(Activity activity) {
        set(activity, LayoutParams.BRIGHTNESS_OVERRIDE_FULL, true);
    }

    public static void letGo(Activity activity) {
        set(activity, LayoutParams.BRIGHTNESS_OVERRIDE_NONE, false);
    }

    private static void set(Activity activity, float brightness, boolean awake) {
        activity.runOnUiThread(() -> {
            Window window = activity.getWindow();
            LayoutParams attributes = window.getAttributes();
            attributes.screenBrightness = brightness;
            window.setAttributes(attributes);
            if (awake) {
                window.addFlags(LayoutParams.FLAG_KEEP_SCREEN_ON);
            } else {
                window.clearFlags(LayoutParams.FLAG_KEEP_SCREEN_ON);
            }
        });
    }
}
