"""What stands before a phone number, and before numbers that are none."""

PHONE = """phone telephone tel tel. mobile mob cell call calls calling text sms contact
    contacts hotline ring ph ph. mob. no_hp hp telp telp. telepon hubungi kontak nomor_wa cp
    gọi sđt sdt đt điện_thoại liên_hệ lh тел тел. телефон* звон* позвон* моб моб. смс связь
    номер_телефона телефонуй* дзвон* зв'яз* зателефон* 电话 電話 手机 手機 联系 聯繫 聯絡 致电
    来电 热线 拨打 携帯 連絡先 電話番号 お電話 連絡 연락처 전화 문의 폰 핸드폰 휴대폰 연락 โทร
    โทร. เบอร์ เบอร์โทร ติดต่อ ໂທ ເບີໂທ ເບີ ຕິດຕໍ່ फोन फ़ोन मोबाइल कॉल संपर्क सम्पर्क फोन_नंबर ফোন মোবাইল কল
    যোগাযোগ فون کال رابطہ موبائل هاتف الهاتف جوال الجوال موبايل اتصل للتواصل تواصل الاتصال
    رقم_الهاتف تلفن تماس موبایل telefon* iletişim ara arayın cep_telefonu teléfono* llamar
    llama llame llamen celular cel móvil contacto contactar telefone* ligar ligue ligação fone
    contato contate téléphone* appeler appelez appel portable tél tél. contactez joindre
    anrufen anruf handy zadzwoń dzwoń kontakt* komórka dial dzwonić numer_telefonu bel volejte
    chiama chiamare cellulare simu piga wasiliana ስልክ ስልክ_ቁጥር ደውል ደውሉ ይደውሉ ဖုန်း ဖုန်းနံပါတ် ဆက်သွယ်
    ဆက်သွယ်ရန် ទូរស័ព្ទ លេខទូរស័ព្ទ ទំនាក់ទំនង ទាក់ទង טלפון נייד להתקשר התקשרו τηλέφωνο τηλ τηλ. κιν ტელეფონი
    ტელ დარეკეთ հեռախոս հեռ զանգ* தொலைபேசி அழைக்க போன் ఫోన్ కాల్ ಫೋನ್ ಕರೆ ഫോൺ വിളിക്കുക ફોન ਫੋਨ දුරකථන
    අමතන්න tawag tawagan tumawag itext utas утас утсаар qo'ng'iroq qoʻngʻiroq байланыш* телефоны
    hívj mobil sună sunați sunati kira waya lambar_waya foonu 📞 ☎ ✆ 📱 📲"""
"""Words of calling. Underscores stand for spaces, a star for any ending."""

OTHER_NUMBER = """order orders tracking track_no awb parcel shipment account accounts a/c
    acc_no acct iban swift bank card card_no cvv passport id id_no nid nik ktp npwp nin bvn ssn
    ein tin vat abn acn licence license lic permit reg registration registered regn cin gstin
    gst pan aadhaar aadhar invoice ref reference ref_no case ticket serial sn s/n vin isbn issn
    doi imei zip postcode postal_code pin pincode code otp sku model batch lot version ver
    build no_rek rekening rek norek no_resi resi nomor_rekening nomor_izin izin siup sip sk stk
    số_tài_khoản tài_khoản số_tk cmnd cccd mst mã_số mã_vận_đơn giấy_phép инн огрн огрнип кпп
    бик снилс р/с счет счёт карта карты лицензи* заказ* трек* паспорт* договор* номер_заказа
    єдрпоу іпн рахунок картка ліценз* замовлен* 账号 賬號 帳號 账户 银行卡 卡号 身份证 单号
    订单 訂單 快递 执照 许可证 编号 統一編號 统一社会信用代码 备案 运单 邮编 口座 口座番号
    登録番号 許可番号 注文番号 会員番号 追跡番号 番号 계좌 계좌번호 사업자 사업자등록번호
    사업자번호 주민 주문번호 송장 운송장 등록번호 허가번호 บัญชี เลขบัญชี เลขที่บัญชี เลขที่ ใบอนุญาต
    เลขพัสดุ พัสดุ ทะเบียน คำสั่งซื้อ ໃບອະນຸຍາດ ບັນຊີ खाता लाइसेंस पंजीकरण आधार ऑर्डर पार्सल ट्रैकिंग আইডি হিসাব
    লাইসেন্স অর্ডার নিবন্ধন ট্র্যাকিং اکاؤنٹ لائسنس آرڈر شناختی رجسٹریشن حساب الحساب آيبان ترخيص
    رخصة سجل السجل الطلب طلب_رقم شحنة التتبع الهوية جواز كود مجوز کد حساب_بانکی شماره_حساب
    کد_ملی سفارش pedido orden guía rastreo cuenta cbu clabe rfc curp nit ruc dni cuit licencia
    registro folio factura código encomenda rastreio conta cpf cnpj agência rg licença
    protocolo commande colis suivi compte siret siren numéro_de_dossier bestellung sendung
    konto kontonummer steuernummer ust-idnr hrb aktenzeichen zamówien* przesyłk* cep n° nº
    regon nip pesel krs konta ordine spedizione conto partita_iva p.iva codice hesap hesap_no
    sipariş kargo vergi tc mersis ruhsat akaunti leseni oda kitambulisho usajili ሂሳብ ፈቃድ ትእዛዝ
    အကောင့်နံပါတ် ဘဏ် လိုင်စင် မှတ်ပုံတင် អាជ្ញាប័ណ្ណ គណនី លេខគណនី חשבון רישיון הזמנה λογαριασμός αφμ sss
    philhealth prc poea dmw sec dti or_no lto utr ifsc upi txid hash
    iso ohsas iec haccp гост requisition req quoting badge job_no job_number job_id vacancy_no
    vacancy_number position_no position_number posting_id staff_no staff_number kennziffer
    stellennummer referencia referência riferimento référence réf numer_oferty nr_oferty oferta_nr
    工号 職位編號 职位编号 岗位编号"""
"""Words of numbers that are no phone's."""

SHIFT = """shift shifts ext ext. extension schicht nebenstelle équipe turno interno anexo ramal
    zmiana zmianę wewn. wewnętrzny смена смены смену доб доб. добавочный внутренний зміна зміни
    дод. внутрішній 班次 分机 分機 内線 シフト 내선 교대 vardiya dahili กะ وردية تحويلة داخلی شیفت
    शिफ्ट"""
"""Words of numbers, of a shift or an extension, after which a telephone's may stand as well."""

JOB = """position posting vacancy opening role stelle poste offre vacante puesto oferta vaga offerta
    posizione stanowisko вакансия вакансии вакансію вакансія 职位 職位 岗位 lowongan posisi vị_trí
    ilan pozisyon ตำแหน่ง وظيفة الوظيفة पद"""
"""Words of a job, whose number may follow, or the telephone of those who have it."""
