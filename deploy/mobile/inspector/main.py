"""What python-for-android starts on a phone: the inspector's app."""

from verifier.inspector.phone import main

if __name__ == "__main__":
    main()
