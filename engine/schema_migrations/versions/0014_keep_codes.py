"""keep codes."""

import sqlalchemy as sa
from alembic import op

revision = '0014'
down_revision = '0013'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('code',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('board_id', sa.Uuid(), nullable=False),
    sa.Column('case_id', sa.Uuid(), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False, comment='1, 2, ... within the case and kind'),
    sa.Column('version', sa.Integer(), nullable=False, comment='number of its newest version'),
    sa.Column('source', sa.Text(), nullable=True, comment='where the case lists whom it stands for, by keys; null: entered by hand'),
    sa.CheckConstraint("kind in ('child', 'family', 'staff', 'place')", name=op.f('ck_code_kind')),
    sa.ForeignKeyConstraint(['board_id'], ['board.id'], name=op.f('fk_code_board_id_board')),
    sa.ForeignKeyConstraint(['case_id'], ['case.id'], name=op.f('fk_code_case_id_case')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_code')),
    sa.UniqueConstraint('case_id', 'kind', 'number', name=op.f('uq_code_case_id_kind_number')),
    sa.UniqueConstraint('case_id', 'source', name=op.f('uq_code_case_id_source'))
    )
    op.create_table('code_version',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('board_id', sa.Uuid(), nullable=False),
    sa.Column('code_id', sa.Uuid(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('content', sa.LargeBinary(), nullable=False, comment='{name, also: other names, role, is_used, reason: why it was put right}'),
    sa.Column('author', sa.Uuid(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['author'], ['account.id'], name=op.f('fk_code_version_author_account')),
    sa.ForeignKeyConstraint(['board_id'], ['board.id'], name=op.f('fk_code_version_board_id_board')),
    sa.ForeignKeyConstraint(['code_id'], ['code.id'], name=op.f('fk_code_version_code_id_code')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_code_version')),
    sa.UniqueConstraint('code_id', 'number', name=op.f('uq_code_version_code_id_number'))
    )


def downgrade() -> None:
    op.drop_table('code_version')
    op.drop_table('code')
