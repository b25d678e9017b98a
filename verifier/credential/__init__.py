"""The credential format: its model, SD-JWT VC, QR carrier and presentations."""
