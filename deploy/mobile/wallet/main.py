"""What python-for-android starts on a phone: the wallet."""

from wallet_app.phone import main

if __name__ == "__main__":
    main()
