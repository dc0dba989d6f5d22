import type { Kind } from '../kinds.ts';

/** What a key says: `sure` words mean nothing else, `likely` ones may. */
export type Agreement = 'sure' | 'likely';

type Entry = readonly [kind: Kind, agreement: Agreement, phrases: string];

/** Phrases are parted by commas; a phrase of several words is also met written as one. */
export const VOCABULARY: readonly Entry[] = [
  [
    'name',
    'sure',
    'first name,last name,full name,given name,family name,middle name,surname,maiden name,fname,' +
      'lname,forename,nickname,customer name,user real name,person name,contact name,client name,' +
      'patient name,employee name,holder name,recipient name,guest name,passenger name,member name,' +
      'vorname,nachname,familienname,prenom,nom famille,nom complet,nombre completo,apellido,' +
      'apellidos,cognome,nome completo,sobrenome,achternaam,voornaam,imie,nazwisko,fornamn,efternamn,' +
      'etunimi,sukunimi,fornavn,etternavn,姓名,氏名,имя,фамилия',
  ],
  ['name', 'likely', 'name,display name,nom,nombre,nome,naam,namn,navn,nimi'],
  [
    'email',
    'sure',
    'email,e mail,mail,email address,mail address,email addr,correo,courriel,epost,邮箱,メール,почта',
  ],
  [
    'phone',
    'sure',
    'phone,telephone,tel,mobile,cell,cellphone,phone number,phone no,mobile number,msisdn,telefon,' +
      'telefono,telefone,telefoon,puhelin,handy,handynummer,rufnummer,telefonnummer,movil,celular,' +
      'portable,fax,whatsapp,电话,手机,телефон',
  ],
  ['us-ssn', 'sure', 'ssn,social security,social security number,social security no'],
  ['nl-bsn', 'sure', 'bsn,burgerservicenummer,sofinummer'],
  [
    'de-tax-id',
    'sure',
    'steuer id,steuer nummer,steueridentifikationsnummer,idnr,steueridnr,steuer idnr',
  ],
  ['fr-nir', 'sure', 'nir,insee number,numero securite sociale,numero secu,num secu'],
  ['es-dni', 'sure', 'dni,nie,nif'],
  ['uk-nino', 'sure', 'nino,national insurance,national insurance number,ni number'],
  ['it-codice-fiscale', 'sure', 'codice fiscale'],
  ['pl-pesel', 'sure', 'pesel'],
  ['se-personnummer', 'sure', 'personnummer,person nummer,personal number'],
  ['br-cpf', 'sure', 'cpf'],
  [
    'national-id',
    'sure',
    'national id,national identity,national identification,identity number,identity card,passport,' +
      'passport number,passport no,driver license,drivers license,driving licence,licence number,' +
      'tax id,taxpayer id,tin,personal id,id card,ausweis,ausweisnummer,aadhaar,curp,rut,身份证',
  ],
  [
    'card',
    'sure',
    'card number,credit card,card no,cc number,ccnum,debit card,kreditkarte,payment card',
  ],
  ['card', 'likely', 'pan,card,cc'],
  ['iban', 'sure', 'iban'],
  ['iban', 'likely', 'bank account,account number,kontonummer'],
  ['ip-address', 'sure', 'ip,ip address,ipaddr,ip addr,ipaddress,client ip,remote addr,ipv'],
  ['mac-address', 'sure', 'mac address,mac addr,hw address'],
  ['mac-address', 'likely', 'mac,bssid'],
  [
    'birth-date',
    'sure',
    'dob,birth,birthday,birth date,date of birth,birthdate,born,birthdt,geburtsdatum,geburts datum,' +
      'geburtstag,naissance,nacimiento,nascita,nascimento,geboortedatum,urodzenia,fodelsedatum,' +
      'fodselsdato,syntymaaika,生日,出生日期',
  ],
  [
    'address',
    'sure',
    'street,street address,postal address,home address,address line,billing address,shipping address,' +
      'mailing address,delivery address,ship to,postcode,post code,postal code,zip,zip code,zipcode,' +
      'strasse,hausnummer,anschrift,plz,rue,code postal,direccion,calle,codigo postal,indirizzo,' +
      'endereco,straat,adres,adresse,adress,gatuadress,ulica,地址,住所,адрес',
  ],
  ['address', 'likely', 'address,addr,house number'],
  ['coordinates', 'sure', 'latitude,longitude,gps,coordinates,latlng,lat lng,latlon,lat lon'],
  ['coordinates', 'likely', 'lat,lng,lon,long,geo,location,position'],
  ['user-agent', 'sure', 'user agent,useragent'],
  ['user-agent', 'likely', 'ua,agent'],
];

/** Whose things they are makes a bare `name` a person's. */
export const PERSONS = new Set(
  (
    'user customer person contact client patient employee author owner recipient subscriber member ' +
    'guest passenger profile buyer sender holder subject kunde client cliente utilisateur'
  ).split(' '),
);

/** What a bare `name` or `address` within is not a person's. */
export const THINGS = new Set(
  (
    'product item file event host domain table column app application company brand campaign br ' +
    'browser os tracker class region service bucket stream queue topic function job task store shop ' +
    'category model plan role group team project package module key field property channel device ' +
    'page screen currency language lang locale timezone type status error exception metric tag color ' +
    'colour material department server node cluster version v etl platform memory contract web site ' +
    'method action feature format schema vendor netspeed isp provider carrier'
  ).split(' '),
);

/** Words of keys whose values are no personal data by themselves. */
export const TECHNICAL = new Set(
  (
    'version ver hash sha md checksum digest uuid guid order invoice sku product price amount total ' +
    'cost qty quantity count timestamp ts time created updated modified expires build commit revision ' +
    'etag offset sequence seq size length width height duration latency score currency isbn ean upc ' +
    'gtin tracking batch serial number no nr code ref reference request trace span transaction'
  ).split(' '),
);
