"""Words for people and places of work, which after a messenger's name say who is looked for or who
answers (``Telegram: moderator``), not under which name."""

from service.entities.patterns import words

ROLES = words("""administrator administrators moderator moderators coordinator supervisor leader
    leaders director assistant assistants secretary recruiter recruiters recruitment headhunter
    agent agents agency employer employee employees worker workers staff team boss chief owner
    founder president partner partners trainer trainee intern interns teacher tutor translator
    designer developer programmer tester engineer technician copywriter writer editor blogger
    influencer marketer marketing promoter seller sellers salesperson salesman saleswoman sales
    vendor cashier courier driver packer helper consultant adviser advisor specialist expert
    analyst accountant receptionist representative customer client clients model models streamer
    chatter closer host hostess mentor curator assessor reviewer community communities server page
    pages vacancy vacancies position positions career careers

    gerente gestor gestora administrador administradora moderador moderadora coordinador
    coordinadora coordenador coordenadora supervisora encargado encargada jefe jefa asistente
    assistente secretario secretaria reclutador reclutadora recrutador recrutadora agente agentes
    empleado empleada trabajador trabajadora equipo equipe vendedor vendedora vendedores cajero
    cajera operador operadora asesor asesora atendente atendimento consultor consultora promotor
    promotora profesor profesora traductor traductora grupo grupos canal comunidad comunidade
    vacante vacantes vaga vagas puesto cargo

    groupe groupes moderateur moderatrice administrateur administratrice responsable directeur
    directrice recruteur recruteuse conseiller animateur animatrice vendeur vendeuse employeur
    formateur formatrice assistante traducteur poste

    gruppe gruppen mitarbeiter mitarbeiterin betreuer betreuerin leiter leiterin chef chefin
    verwalter berater beraterin assistentin kanal gruppo gruppi responsabile amministratore
    moderatore moderatrice venditore venditrice operatore operatrice direttore assistenti canale

    grupa grupy specjalista specjalistka kierownik kierowniczka pracownik operatorka sprzedawca
    rekruter rekruterka administratorka moderatorka konsultant konsultantka koordynator asystent
    asystentka grup kelompok pengurus pengelola penjual kasir karyawan pekerja staf moderasi
    pemimpin ketua atasan pelatih penerjemah kumpulan pekerja majikan ejen yonetici temsilci
    calisan eleman danisman satici editoru kanali grubu pinuno tagapamahala tagasalin empleyado
    meneja msimamizi wakala kikundi kundi mfanyakazi menadzer menedzher operatori moderatori
    administratori nhom quanly nhanvien""")
"""Latin letters only, as names are; in lower case."""
