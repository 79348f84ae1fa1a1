"""The cast: who acts in the tests. A story that names Paula needs no further introduction."""

from dataclasses import dataclass

from zerowaste.vocabulary import Role

PASSWORD = "everyone-in-the-cast"
CITY_REGION = "3601"


@dataclass(frozen=True, slots=True)
class Person:
    """One of the cast. `organisation`: the key in tests/city.py he works for; `region`: the code
    prefix a regulator oversees."""

    login: str
    name: str
    role: Role
    organisation: str = ""
    region: str = ""


PAULA = Person("paula", "彭拉", Role.PRODUCER, "producer")  # files, for works, clinic, site, canteen
OLAF = Person("olaf", "欧拉夫", Role.PRODUCER, "outsider")  # a producer with nothing to do with her
DAN = Person("dan", "单驰", Role.DRIVER, "carrier")  # drives for the first carrier
DREW = Person("drew", "杜运", Role.DRIVER, "second_carrier")  # drives for the second
DORA = Person("dora", "朵调", Role.DISPATCHER, "carrier")  # sends Dan
FAY = Person("fay", "费收", Role.FACILITY, "plant")  # weighs, accepts and treats
TESS = Person("tess", "陶转", Role.FACILITY, "station")  # keeps the transfer station
RITA = Person("rita", "芮督", Role.REGULATOR, region=CITY_REGION)  # oversees the whole city
RUTH = Person("ruth", "茹区", Role.REGULATOR, region="360111")  # oversees one district
ADA = Person("ada", "安达", Role.ADMINISTRATOR)

CAST = (PAULA, OLAF, DAN, DREW, DORA, FAY, TESS, RITA, RUTH, ADA)
