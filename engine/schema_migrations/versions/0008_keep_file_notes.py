"""keep file notes."""

import sqlalchemy as sa
from alembic import op

revision = '0008'
down_revision = '0007'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('file_note',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('board_id', sa.Uuid(), nullable=False),
    sa.Column('case_id', sa.Uuid(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False, comment='1, 2, ... within the case'),
    sa.Column('version', sa.Integer(), nullable=False, comment='number of its newest version'),
    sa.Column('visibility', sa.Text(), nullable=False, comment='class of its newest version; of an older one, both must let somebody read'),
    sa.Column('submit_key', sa.Text(), nullable=True, comment='so that the same click twice records one note'),
    sa.ForeignKeyConstraint(['board_id'], ['board.id'], name=op.f('fk_file_note_board_id_board')),
    sa.ForeignKeyConstraint(['case_id'], ['case.id'], name=op.f('fk_file_note_case_id_case')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_file_note')),
    sa.UniqueConstraint('case_id', 'number', name=op.f('uq_file_note_case_id_number')),
    sa.UniqueConstraint('submit_key', name=op.f('uq_file_note_submit_key'))
    )
    op.create_table('file_note_version',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('board_id', sa.Uuid(), nullable=False),
    sa.Column('note_id', sa.Uuid(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('happened_on', sa.Date(), nullable=False, comment='the day of the note, letter or call'),
    sa.Column('with_role', sa.Text(), nullable=False, comment='key of a role, family, other; empty: of nobody'),
    sa.Column('visibility', sa.Text(), nullable=False, comment='a class of roles.toml, such as V-CASE'),
    sa.Column('content', sa.LargeBinary(), nullable=False, comment='{text, files: ids of uploads, reason: why it was put right}'),
    sa.Column('author', sa.Uuid(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint("kind in ('note', 'letter_in', 'letter_out', 'email_in', 'email_out', 'call_in', 'call_out')", name=op.f('ck_file_note_version_kind')),
    sa.ForeignKeyConstraint(['author'], ['account.id'], name=op.f('fk_file_note_version_author_account')),
    sa.ForeignKeyConstraint(['board_id'], ['board.id'], name=op.f('fk_file_note_version_board_id_board')),
    sa.ForeignKeyConstraint(['note_id'], ['file_note.id'], name=op.f('fk_file_note_version_note_id_file_note')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_file_note_version')),
    sa.UniqueConstraint('note_id', 'number', name=op.f('uq_file_note_version_note_id_number'))
    )


def downgrade() -> None:
    op.drop_table('file_note_version')
    op.drop_table('file_note')
