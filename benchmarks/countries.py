"""Flags that have ships, by their ISO 3166-1 codes; the authorities' names are made up of them."""

from collections.abc import Mapping
from typing import Final

COUNTRIES: Final[Mapping[str, str]] = {
    "NO": "Norway", "DK": "Denmark", "SE": "Sweden", "FI": "Finland", "IS": "Iceland", "EE": "Estonia",
    "LV": "Latvia", "LT": "Lithuania", "PL": "Poland", "DE": "Germany", "NL": "the Netherlands",
    "BE": "Belgium", "LU": "Luxembourg", "FR": "France", "GB": "the United Kingdom", "IE": "Ireland",
    "PT": "Portugal", "ES": "Spain", "IT": "Italy", "MT": "Malta", "GR": "Greece", "CY": "Cyprus",
    "HR": "Croatia", "BG": "Bulgaria", "RO": "Romania", "TR": "Türkiye", "GI": "Gibraltar",
    "IM": "the Isle of Man", "FO": "the Faroe Islands", "BM": "Bermuda", "KY": "the Cayman Islands",
    "BS": "the Bahamas", "AG": "Antigua and Barbuda", "BB": "Barbados", "VC": "Saint Vincent",
    "PA": "Panama", "BZ": "Belize", "LR": "Liberia", "MH": "the Marshall Islands", "VU": "Vanuatu",
    "TV": "Tuvalu", "PW": "Palau", "SG": "Singapore", "HK": "Hong Kong", "CN": "China", "JP": "Japan",
    "KR": "Korea", "PH": "the Philippines", "ID": "Indonesia", "MY": "Malaysia", "TH": "Thailand",
    "VN": "Viet Nam", "IN": "India", "BD": "Bangladesh", "SA": "Saudi Arabia", "AE": "the Emirates",
    "US": "the United States", "CA": "Canada", "BR": "Brazil", "AU": "Australia", "NZ": "New Zealand",
    "ZA": "South Africa", "CL": "Chile", "MX": "Mexico",
}  # fmt: skip
