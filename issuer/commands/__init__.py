"""The commands of `ombord-issuer`, by what they are about; `issuer.cli` lists them."""
