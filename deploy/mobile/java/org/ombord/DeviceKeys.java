package org.ombord;

import android.security.keystore.KeyGenParameterSpec;
import android.security.keystore.KeyProperties;
import java.security.GeneralSecurityException;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.spec.ECGenParameterSpec;
import java.io.IOException;
import java.util.Arrays;
import javax.crypto.Cipher;
import javax.crypto.KeyGenerator;
import javax.crypto.SecretKey;
import javax.crypto.spec.GCMParameterSpec;

/** Keys that are made inside AndroidKeyStore and never leave it: one that signs, one that wraps the vault's key. */
public final class DeviceKeys {
    private static final String PROVIDER = "AndroidKeyStore";
    private static final String CIPHER = "AES/GCM/NoPadding";
    private static final int IV_BYTES = 12;
    private static final int TAG_BITS = 128;

    private DeviceKeys() {}

    /** The public key (X.509 SubjectPublicKeyInfo) of the P-256 key under this alias, which is made if need be. */
    public static synchronized byte[] publicKey(String alias) throws GeneralSecurityException, IOException {
        KeyStore store = open();
        if (!store.containsAlias(alias)) {
            KeyPairGenerator maker = KeyPairGenerator.getInstance(KeyProperties.KEY_ALGORITHM_EC, PROVIDER);
            maker.initialize(
                new KeyGenParameterSpec.Builder(alias, KeyProperties.PURPOSE_SIGN)
                    .setAlgorithmParameterSpec(new ECGenParameterSpec("secp256r1"))
                    .setDigests(KeyProperties.DIGEST_SHA256)
                    .build());
            maker.generateKeyPair();
        }
        return store.getCertificate(alias).getPublicKey().getEncoded();
    }

    /** An ECDSA signature over the message's SHA-256, in DER. */
    public static byte[] sign(String alias, byte[] message) throws GeneralSecurityException, IOException {
        Signature signature = Signature.getInstance("SHA256withECDSA");
        signature.initSign((PrivateKey) open().getKey(alias, null));
        signature.update(message);
        return signature.sign();
    }

    /** The secret under the AES key of this alias, which is made if need be: a nonce, then AES-256-GCM. */
    public static synchronized byte[] wrap(String alias, byte[] secret) throws GeneralSecurityException, IOException {
        KeyStore store = open();
        if (!store.containsAlias(alias)) {
            KeyGenerator maker = KeyGenerator.getInstance(KeyProperties.KEY_ALGORITHM_AES, PROVIDER);
            maker.init(
                new KeyGenParameterSpec.Builder(alias, KeyProperties.PURPOSE_ENCRYPT | KeyProperties.PURPOSE_DECRYPT)
                    .setKeySize(256)
                    .setBlockModes(KeyProperties.BLOCK_MODE_GCM)
                    .setEncryptionPaddings(KeyProperties.ENCRYPTION_PADDING_NONE)
                    .build());
            maker.generateKey();
        }
        Cipher cipher = Cipher.getInstance(CIPHER);
        cipher.init(Cipher.ENCRYPT_MODE, (SecretKey) store.getKey(alias, null));
        byte[] body = cipher.doFinal(secret);
        byte[] wrapped = Arrays.copyOf(cipher.getIV(), IV_BYTES + body.length);
        System.arraycopy(body, 0, wrapped, IV_BYTES, body.length);
        return wrapped;
    }

    /** What `wrap` was given. */
    public static byte[] unwrap(String alias, byte[] wrapped) throws GeneralSecurityException, IOException {
        Cipher cipher = Cipher.getInstance(CIPHER);
        GCMParameterSpec nonce = new GCMParameterSpec(TAG_BITS, wrapped, 0, IV_BYTES);
        cipher.init(Cipher.DECRYPT_MODE, (SecretKey) open().getKey(alias, null), nonce);
        return cipher.doFinal(wrapped, IV_BYTES, wrapped.length - IV_BYTES);
    }

    private static KeyStore open() throws GeneralSecurityException, IOException {
        KeyStore store = KeyStore.getInstance(PROVIDER);
        store.load(null);
        return store;
    }
}
