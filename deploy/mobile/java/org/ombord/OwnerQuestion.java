package org.ombord;

import android.app.Activity;
import android.hardware.biometrics.BiometricManager;
import android.hardware.biometrics.BiometricPrompt;
import android.os.Build;
import android.os.CancellationSignal;

/** The system's own question for a finger or a face (API 30); the PIN stands in where there is none. */
public final class OwnerQuestion {
    private static final int STRONG = 15; // BiometricManager.Authenticators.BIOMETRIC_STRONG

    private OwnerQuestion() {}

    /** Told once how the question ended, on the drawing thread of Android. */
    public interface Answered {
        void answered(boolean isOwner);
    }

    /** Whether there is a strong sensor, and somebody enrolled. */
    public static boolean isAvailable(Activity activity) {
        if (Build.VERSION.SDK_INT < 30) {
            return false;
        }
        BiometricManager manager = activity.getSystemService(BiometricManager.class);
        return manager != null && manager.canAuthenticate(STRONG) == BiometricManager.BIOMETRIC_SUCCESS;
    }

    /** Ask; a try that fails is asked again by the system, until it is given up. */
    public static void ask(Activity activity, String title, String reason, String cancel, Answered told) {
        activity.runOnUiThread(() -> {
            BiometricPrompt prompt = new BiometricPrompt.Builder(activity)
                .setTitle(title)
                .setDescription(reason)
                .setNegativeButton(cancel, activity.getMainExecutor(), (dialog, which) -> told.answered(false))
                .build();
            prompt.authenticate(new CancellationSignal(), activity.getMainExecutor(), new Outcome(told));
        });
    }

    private static final class Outcome extends BiometricPrompt.AuthenticationCallback {
        private final Answered told;

        Outcome(Answered told) {
            this.told = told;
        }

        @Override
        public void onAuthenticationSucceeded(BiometricPrompt.AuthenticationResult result) {
            told.answered(true);
        }

        @Override
        public void onAuthenticationError(int code, CharSequence words) {
            told.answered(false);
        }
    }
}
